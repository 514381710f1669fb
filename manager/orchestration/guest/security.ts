import { type Kysely, sql } from 'kysely'
import type { NicSecurity, SecurityRule } from '../../hosts/driver.ts'
import type { Database } from '../../model/schema.ts'
import { allowedAddresses, type OwnAddresses } from './addresses.ts'

interface RuleRow {
  readonly id: string
  readonly direction: 'ingress' | 'egress'
  readonly protocol: string
  readonly startport: number | null
  readonly endport: number | null
  readonly icmptype: number | null
  readonly icmpcode: number | null
  readonly cidr: string | null
  readonly peer: string | null
}

interface SecuredNetwork {
  readonly id: string
  readonly gateway: string
  readonly ip6gateway: string | null
}

interface PeerRow extends OwnAddresses {
  readonly security_group: string
  readonly network: string
}

const named = ['all', 'tcp', 'udp', 'icmp', 'icmpv6'] as const

const protocolOf = (protocol: string): SecurityRule['protocol'] =>
  named.find((name) => name === protocol) ?? Number(protocol)

const bare = (address: string): string => address.split('/')[0] ?? ''

/** A rule as a host takes it, its group's guests by their addresses on the network. Pure. */
const ruleOn = (rule: RuleRow, network: string, peers: readonly PeerRow[]): SecurityRule => {
  const { startport, endport, icmptype: type, icmpcode: code } = rule
  const guests = peers.filter((peer) => peer.security_group === rule.peer && peer.network === network)
  return {
    protocol: protocolOf(rule.protocol),
    ...(startport !== null && endport !== null && { ports: [startport, endport] as const }),
    ...(type !== null && { icmp: { type, ...(code !== null && { code }) } }),
    peers: rule.cidr === null ? [...new Set(guests.flatMap(allowedAddresses))].toSorted() : [rule.cidr],
  }
}

const readNetworks = async (db: Kysely<Database>, guest: string): Promise<readonly SecuredNetwork[]> => {
  const { rows } = await sql<SecuredNetwork>`
    select network.id, host(network.gateway) as gateway, host(network.ip6gateway) as ip6gateway
    from nic join network on network.id = nic.network
    join network_offering offering on offering.id = network.offering
    where nic.guest = ${guest} and offering.services ? 'SecurityGroup'`.execute(db)
  return rows
}

const readRules = async (db: Kysely<Database>, guest: string): Promise<readonly RuleRow[]> => {
  const { rows } = await sql<RuleRow>`
    select rule.id, direction, protocol, startport, endport, icmptype, icmpcode, cidr::text, peer
    from security_group_member member join security_group_rule rule on rule.security_group = member.security_group
    where member.guest = ${guest} order by rule.id`.execute(db)
  return rows
}

const readPeers = async (
  db: Kysely<Database>,
  groups: readonly string[],
  networks: readonly string[],
): Promise<readonly PeerRow[]> => {
  if (groups.length === 0) return []
  const { rows } = await sql<PeerRow>`
    select member.security_group, nic.network, nic.mac::text, host(nic.address) as address,
      host(nic.address6) as address6, network.ip6cidr::text,
      array(select host(own.address) from nic_secondary_ip own where own.nic = nic.id) as further
    from security_group_member member join nic on nic.guest = member.guest join network on network.id = nic.network
    where member.security_group = any(${[...groups]}::uuid[]) and nic.network = any(${[...networks]}::uuid[])
      and not nic.leaving`.execute(db)
  return rows
}

/** By the networks that keep guests apart, what the guest's groups let through there. */
export const securityOf = async (db: Kysely<Database>, guest: string): Promise<ReadonlyMap<string, NicSecurity>> => {
  const networks = await readNetworks(db, guest)
  if (networks.length === 0) return new Map()
  const rules = await readRules(db, guest)
  const groups = [...new Set(rules.flatMap(({ peer }) => (peer === null ? [] : [peer])))]
  const peers = await readPeers(
    db,
    groups,
    networks.map(({ id }) => id),
  )
  const egress = rules.filter(({ direction }) => direction === 'egress')
  return new Map(
    networks.map(({ id, gateway, ip6gateway }) => {
      const on = (rule: RuleRow) => ruleOn(rule, id, peers)
      return [
        id,
        {
          ingress: rules.filter(({ direction }) => direction === 'ingress').map(on),
          egress: egress.length === 0 ? null : egress.map(on),
          servers: [gateway, ...(ip6gateway === null ? [] : [ip6gateway])].map(bare),
        },
      ]
    }),
  )
}
