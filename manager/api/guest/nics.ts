import { isIPv4 } from 'node:net'
import { contains, parseCidr, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Selectable, Transaction } from 'kysely'
import { balancerAddresses } from '../../model/loadbalancer.ts'
import { findNetworks, lockNetwork } from '../../model/network.ts'
import type { Database, NetworkTable } from '../../model/schema.ts'
import { found } from '../found.ts'
import { refuseDestroyed } from '../network/state.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** A nic that a deployment asks for; without an address it gets a free one. */
export interface WantedNic {
  readonly network: string
  readonly address?: string | undefined
}

interface Asked {
  readonly networkids?: readonly string[] | undefined
  readonly iptonetworklist?: readonly Readonly<Record<string, string>>[] | undefined
  readonly ipaddress?: string | undefined
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const fromMap = (entry: Readonly<Record<string, string>>): WantedNic => {
  const { networkid = '', ip: address } = Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]),
  )
  if (!UUID.test(networkid))
    throw bad(`Parameter iptonetworklist: networkid '${networkid.slice(0, 60)}' is not a UUID.`)
  if (address !== undefined && !isIPv4(address))
    throw bad(`Parameter iptonetworklist: ip '${address.slice(0, 60)}' is not an IPv4 address.`)
  return { network: networkid.toLowerCase(), address }
}

/** The nics asked for, in order; the first is the default one. Undefined: the caller named no network. */
export const wantedNics = ({ networkids, iptonetworklist, ipaddress }: Asked): WantedNic[] | undefined => {
  if (networkids !== undefined && iptonetworklist !== undefined)
    throw bad('Parameters networkids and iptonetworklist exclude each other: give one.')
  const wanted = iptonetworklist?.map(fromMap) ?? networkids?.map((network) => ({ network }))
  if (wanted === undefined) return undefined
  if (new Set(wanted.map((nic) => nic.network)).size !== wanted.length)
    throw bad('Parameter networkids: a network is named twice: name each once.')
  return wanted.map((nic, index) => (index === 0 && ipaddress !== undefined ? { ...nic, address: ipaddress } : nic))
}

/** The only network of the zone, for callers that named none. */
export const onlyNetwork = async (trx: Transaction<Database>, zone: string): Promise<string> => {
  const { count, rows } = await findNetworks(trx, { zone }, { limit: 2, offset: 0 })
  const [first] = rows
  if (first === undefined || count > 1)
    throw bad(`Parameter networkids: the zone has ${count} networks, so name the ones that are meant.`)
  return first.id
}

const checkAddress = (network: Selectable<NetworkTable>, address: string): void => {
  const { first, last } = parseCidr(network.cidr)
  const value = toNumber(address)
  if (!contains(network.cidr, address) || value === first || value === last)
    throw bad(
      `Parameter ipaddress: ${address} is not an address for hosts of network ${network.name} (${network.cidr}).`,
    )
  if (address === network.gateway)
    throw bad(`Parameter ipaddress: ${address} is the router of network ${network.name}.`)
}

/** An internal load balancer's address is no guest's. */
const refuseBalancer = async (
  trx: Transaction<Database>,
  { id, name }: Selectable<NetworkTable>,
  address: string,
): Promise<void> => {
  if ((await balancerAddresses(trx, id)).includes(address))
    throw new SysvmError(
      'SYSVM_NETWORK_CONFLICT',
      `Parameter ipaddress: an internal load balancer of network ${name} has ${address}: choose another address.`,
    )
}

/** The networks of the nics, locked in one order for everyone, and checked. */
export const lockNetworks = async (
  trx: Transaction<Database>,
  zone: string,
  nics: readonly WantedNic[],
): Promise<ReadonlyMap<string, Selectable<NetworkTable>>> => {
  const networks = new Map<string, Selectable<NetworkTable>>()
  for (const nic of [...nics].sort((a, b) => (a.network < b.network ? -1 : 1))) {
    const network = found(await lockNetwork(trx, nic.network), 'networkids', 'network', nic.network)
    if (network.zone !== zone) throw bad(`Parameter networkids: network ${network.name} is in another zone.`)
    refuseDestroyed(network)
    if (nic.address !== undefined) {
      checkAddress(network, nic.address)
      await refuseBalancer(trx, network, nic.address)
    }
    networks.set(network.id, network)
  }
  return networks
}
