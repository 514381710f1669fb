import { isIPv4 } from 'node:net'
import { canonical6, contains, contains6, parseCidr, parseCidr6, toBigInt, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import { balancerAddresses } from '../../model/loadbalancer.ts'
import { findNetworks, lockNetwork } from '../../model/network.ts'
import type { Database, NetworkTable } from '../../model/schema.ts'
import { secondaryAddresses } from '../../model/secondaryip.ts'
import { refuseForeign } from '../foreign.ts'
import { found } from '../found.ts'
import { refuseDestroyed } from '../network/state.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** A nic that a deployment asks for; without an address it gets a free one. */
export interface WantedNic {
  readonly network: string
  readonly address?: string | undefined
  readonly address6?: string | undefined
}

interface Asked {
  readonly networkids?: readonly string[] | undefined
  readonly iptonetworklist?: readonly Readonly<Record<string, string>>[] | undefined
  readonly ipaddress?: string | undefined
  readonly ip6address?: string | undefined
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const fromMap = (entry: Readonly<Record<string, string>>): WantedNic => {
  const {
    networkid = '',
    ip: address,
    ipv6,
    // Ansible's module says the name too.
    network: _name,
    ...others
  } = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]))
  if (!UUID.test(networkid))
    throw bad(`Parameter iptonetworklist: networkid '${networkid.slice(0, 60)}' is not a UUID.`)
  if (address !== undefined && !isIPv4(address))
    throw bad(`Parameter iptonetworklist: ip '${address.slice(0, 60)}' is not an IPv4 address.`)
  const [stray] = Object.keys(others)
  if (stray !== undefined)
    throw bad(
      `Parameter iptonetworklist: '${stray.slice(0, 60)}' is not supported: entries have networkid, ip and ipv6.`,
    )
  const address6 = ipv6 === undefined ? undefined : canonical6(ipv6)
  if (ipv6 !== undefined && address6 === undefined)
    throw bad(`Parameter iptonetworklist: ipv6 '${ipv6.slice(0, 60)}' is not an IPv6 address.`)
  return { network: networkid.toLowerCase(), address, address6 }
}

/** The nics asked for, in order; the first is the default one. Undefined: the caller named no network. */
export const wantedNics = ({ networkids, iptonetworklist, ipaddress, ip6address }: Asked): WantedNic[] | undefined => {
  if (networkids !== undefined && iptonetworklist !== undefined)
    throw bad('Parameters networkids and iptonetworklist exclude each other: give one.')
  const wanted = iptonetworklist?.map(fromMap) ?? networkids?.map((network) => ({ network }))
  if (wanted === undefined) return undefined
  if (new Set(wanted.map((nic) => nic.network)).size !== wanted.length)
    throw bad('Parameter networkids: a network is named twice: name each once.')
  return wanted.map((nic, index) =>
    index > 0
      ? nic
      : {
          ...nic,
          ...(ipaddress === undefined ? {} : { address: ipaddress }),
          ...(ip6address === undefined ? {} : { address6: ip6address }),
        },
  )
}

/** The only network that the account has in the zone, for callers that named none. */
export const onlyNetwork = async (trx: Transaction<Database>, zone: string, account: string): Promise<string> => {
  const { count, rows } = await findNetworks(trx, { accounts: [account], zone }, { limit: 2, offset: 0 })
  const [first] = rows
  if (first === undefined || count > 1)
    throw bad(`Parameter networkids: the zone has ${count} networks, so name the ones that are meant.`)
  return first.id
}

export const checkAddress = (network: Selectable<NetworkTable>, address: string): void => {
  const { first, last } = parseCidr(network.cidr)
  const value = toNumber(address)
  if (!contains(network.cidr, address) || value === first || value === last)
    throw bad(
      `Parameter ipaddress: ${address} is not an address for hosts of network ${network.name} (${network.cidr}).`,
    )
  if (address === network.gateway)
    throw bad(`Parameter ipaddress: ${address} is the router of network ${network.name}.`)
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
): Promise<ReadonlyMap<string, Selectable<NetworkTable>>> => {
  const networks = new Map<string, Selectable<NetworkTable>>()
  for (const nic of [...nics].sort((a, b) => (a.network < b.network ? -1 : 1))) {
    const network = found(await lockNetwork(trx, nic.network), 'networkids', 'network', nic.network)
    if (network.zone !== zone) throw bad(`Parameter networkids: network ${network.name} is in another zone.`)
    refuseForeign(account, network, 'networkids', `the network ${network.name}`)
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
