import { contains, contains6, parseCidr, parseCidr6, toBigInt, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import { addressed } from '../../model/addressed.ts'
import { balancerAddresses } from '../../model/loadbalancer.ts'
import { findNetworks, lockNetwork } from '../../model/network.ts'
import type { Database, NetworkTable } from '../../model/schema.ts'
import { secondaryAddresses } from '../../model/secondaryip.ts'
import { refuseForeign } from '../cross-account.ts'
import { found } from '../found.ts'
import { refuseDestroyed } from '../network/state.ts'
import type { WantedNic } from './wanted.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The only network that the account has in the zone, for callers that named none. */
export const onlyNetwork = async (trx: Transaction<Database>, zone: string, account: string): Promise<string> => {
  const { count, rows } = await findNetworks(trx, { accounts: [account], zone }, { limit: 2, offset: 0 })
  const [first] = rows
  if (first === undefined || count > 1)
    throw bad(`Parameter networkids: the zone has ${count} networks, so name the ones that are meant.`)
  return first.id
}

export const checkAddress = (network: Selectable<NetworkTable>, address: string): void => {
  const { name, cidr, gateway } = addressed(network)
  const { first, last } = parseCidr(cidr)
  const value = toNumber(address)
  if (!contains(cidr, address) || value === first || value === last)
    throw bad(`Parameter ipaddress: ${address} is not an address for hosts of network ${name} (${cidr}).`)
  if (address === gateway) throw bad(`Parameter ipaddress: ${address} is the router of network ${name}.`)
}

/** Beside its own subnet's addresses a guest cannot have those that its neighbours, or the router, go by. */
const checkAddress6 = ({ name, ip6cidr, ip6gateway }: Selectable<NetworkTable>, address: string): void => {
  if (ip6cidr === null) throw bad(`Parameter ip6address: network ${name} has no IPv6.`)
  if (!contains6(ip6cidr, address) || address === ip6gateway || toBigInt(address) === parseCidr6(ip6cidr).first)
    throw bad(`Parameter ip6address: ${address} is not an address for hosts of network ${name} (${ip6cidr}).`)
}

/** An internal load balancer's address is no guest's, and a guest's further address is no other's. */
export const refuseTaken = async (
  trx: Transaction<Database>,
  { id, name }: Selectable<NetworkTable>,
  address: string,
): Promise<void> => {
  if ((await balancerAddresses(trx, id)).includes(address))
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `Parameter ipaddress: an internal load balancer of network ${name} has ${address}: choose another address.`,
    )
  if ((await secondaryAddresses(trx, id)).includes(address))
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `Parameter ipaddress: a guest of network ${name} has ${address} as a further address: choose another one.`,
    )
}

/** The networks of the nics, locked in one order for everyone, and checked. */
export const lockNetworks = async (
  trx: Transaction<Database>,
  { zone, account }: { readonly zone: string; readonly account: string },
  nics: readonly WantedNic[],
  parameter = 'networkids',
): Promise<ReadonlyMap<string, Selectable<NetworkTable>>> => {
  const networks = new Map<string, Selectable<NetworkTable>>()
  for (const nic of [...nics].sort((a, b) => (a.network < b.network ? -1 : 1))) {
    const network = found(await lockNetwork(trx, nic.network), parameter, 'network', nic.network)
    if (network.zone !== zone) throw bad(`Parameter ${parameter}: network ${network.name} is in another zone.`)
    refuseForeign(account, network, parameter, `the network ${network.name}`)
    refuseDestroyed(network)
    if (nic.address !== undefined) {
      checkAddress(network, nic.address)
      await refuseTaken(trx, network, nic.address)
    }
    if (nic.address6 !== undefined) checkAddress6(network, nic.address6)
    networks.set(network.id, network)
  }
  return networks
}
