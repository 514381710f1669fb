import { contains, networksOfRange, overlaps, parseCidr, type SpecEnvelope } from '@sysvm/agent/spec'
import { CONTROL_NETWORK, hasAddress, interfacesOf, networkOf, refuse, repeated } from '../whole.ts'
import { validateL2tp } from './l2tp/validate.ts'
import { validateRemoteAccess } from './remoteaccess/validate.ts'
import type { Connection, VpnSpec } from './spec.ts'

/** Two that have addresses in common. Networks overlap by one being within the other, so neighbours in order tell. */
const collision = <T extends { readonly subnet: string }>(all: readonly T[]): readonly [T, T] | undefined => {
  const spans = all
    .map((owner) => ({ owner, ...parseCidr(owner.subnet) }))
    .toSorted((a, b) => a.first - b.first || a.prefix - b.prefix)
  for (const [index, { owner, last }] of spans.entries()) {
    const next = spans[index + 1]
    if (next !== undefined && next.first <= last) return [owner, next.owner]
  }
  return undefined
}

const checkProposals = ({ id, ike, esp }: Connection): void => {
  const twice = repeated(ike.proposals) ?? repeated(esp.proposals)
  if (twice !== undefined) throw refuse(`The VPN connection ${id} proposes ${twice} twice`, { id })
}

const checkSubnets = ({ id, local, remote }: Connection, whole: SpecEnvelope): void => {
  for (const subnet of [...local.subnets, ...remote.subnets]) {
    if (networkOf(subnet) !== subnet)
      throw refuse(`The VPN connection ${id}: ${subnet} has host bits; the network is ${networkOf(subnet)}`, { id })
    if (subnet.endsWith('/0')) throw refuse(`The VPN connection ${id} cannot take all addresses: ${subnet}`, { id })
    if (overlaps(subnet, CONTROL_NETWORK))
      throw refuse(`The VPN connection ${id}: ${subnet} would take the control network's packets`, { id })
  }
  const twice = collision(local.subnets.map((subnet) => ({ subnet })))
  if (twice !== undefined)
    throw refuse(`The VPN connection ${id} has local subnets that overlap: ${twice[0].subnet}, ${twice[1].subnet}`, {
      id,
    })
  for (const subnet of remote.subnets) {
    const own = [
      ...local.subnets,
      ...interfacesOf(whole).flatMap(({ addresses }) => addresses.map((cidr) => networkOf(cidr))),
    ].find((cidr) => overlaps(cidr, subnet))
    if (own !== undefined)
      throw refuse(`The VPN connection ${id}: its remote subnet ${subnet} overlaps ${own} on this side`, { id, subnet })
  }
}

const checkEnds = ({ id, local, remote, dpd }: Connection, whole: SpecEnvelope): void => {
  const { address } = local
  if (!interfacesOf(whole, 'public').some((nic) => hasAddress(nic, address)))
    throw refuse(`The VPN connection ${id} is at ${address}, which no public interface has`, { id, address })
  if (interfacesOf(whole).some((nic) => hasAddress(nic, remote.gateway)))
    throw refuse(`The VPN connection ${id} leads to ${remote.gateway}, which is the router's own`, { id })
  if (contains(CONTROL_NETWORK, remote.gateway))
    throw refuse(`The VPN connection ${id} leads to ${remote.gateway}, which is on the control network`, { id })
  if (dpd !== undefined && dpd.timeoutSeconds < dpd.delaySeconds)
    throw refuse(`The VPN connection ${id} would call its peer dead before asking it: raise the timeout`, { id })
}

/** Who the two ends say they are; pre-shared keys and connections are found by it. */
export const endsOf = ({ local, remote }: Connection): readonly [local: string, remote: string] => [
  local.id ?? local.address,
  remote.id ?? remote.gateway,
]

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ connections, remoteAccess, l2tp }: VpnSpec, whole: SpecEnvelope): void => {
  const twice = repeated(connections.map(({ id }) => id))
  if (twice !== undefined) throw refuse(`Two VPN connections have the id ${twice}`, { id: twice })
  const pair = repeated(connections.map((connection) => endsOf(connection).join(' and ')))
  if (pair !== undefined) throw refuse(`Two VPN connections are between ${pair}`, { ends: pair })
  for (const connection of connections) {
    checkProposals(connection)
    checkEnds(connection, whole)
    checkSubnets(connection, whole)
  }
  const remote = connections.flatMap(({ id, remote: { subnets } }) => subnets.map((subnet) => ({ id, subnet })))
  const both = collision(remote)
  if (both !== undefined)
    throw refuse(
      `The remote subnets ${both[0].subnet} of ${both[0].id} and ${both[1].subnet} of ${both[1].id} overlap`,
      { ids: both.map(({ id }) => id) },
    )
  for (const { id, remote: end } of connections) {
    const over = remote.find(({ subnet }) => contains(subnet, end.gateway))
    if (over !== undefined)
      throw refuse(`The peer ${end.gateway} of ${id} would be reached through the tunnel of ${over.id}`, { id })
  }
  const sites = remote.map(({ subnet }) => subnet)
  if (remoteAccess !== undefined) validateRemoteAccess(remoteAccess, whole, sites)
  if (l2tp !== undefined) {
    const others = remoteAccess === undefined ? [] : networksOfRange(remoteAccess.pool)
    validateL2tp(l2tp, whole, [...sites, ...others])
  }
}
