import { overlaps, type SpecEnvelope } from '@sysvm/agent/spec'
import { sharedEnds } from '@sysvm/agent/spec/difference'
import { addressOf, interfacesOf, networkOf, refuse, repeated } from '../whole.ts'
import { covers } from './covers.ts'
import type { NatSpec, PortForward } from './spec.ts'

const outward = (whole: SpecEnvelope) =>
  interfacesOf(whole).filter(({ role }) => role === 'public' || role === 'private')

const validateSource = ({ source }: NatSpec, whole: SpecEnvelope): void => {
  const nics = outward(whole)
  for (const [index, { network, device, address }] of source.entries()) {
    const nic = nics.find((candidate) => candidate.device === device)
    if (nic === undefined)
      throw refuse(`NAT by ${device}: there is no public or private interface of this name`, { device })
    if (!nic.addresses.some((cidr) => addressOf(cidr) === address))
      throw refuse(`NAT to ${address}: ${device} does not have this address`, { address })
    const other = source.slice(index + 1).find((next) => next.device === device && overlaps(next.network, network))
    if (other !== undefined) throw refuse(`NAT of ${network} and of ${other.network} by ${device} overlap`)
  }
}

/** What both kinds of destination NAT need: an address of ours outside, and a guest that is reached directly. */
const validateTargets = (
  targets: readonly { readonly address: string; readonly guest: string }[],
  whole: SpecEnvelope,
): void => {
  const ours = new Set(outward(whole).flatMap(({ addresses }) => addresses.map(addressOf)))
  const guests = interfacesOf(whole, 'guest')
  const gateways = new Set(guests.flatMap(({ addresses }) => addresses.map(addressOf)))
  const isInside = covers(guests.flatMap(({ addresses }) => addresses.map(networkOf)))
  // One guest or address is in many rules of a large spec.
  const known = new Set<string>()
  for (const { address, guest } of targets) {
    if (!ours.has(address)) throw refuse(`NAT from ${address}: no public or private interface has it`, { address })
    if (known.has(guest)) continue
    if (gateways.has(guest)) throw refuse(`NAT to ${guest}: that is the router itself`, { guest })
    if (!isInside(guest)) throw refuse(`NAT to ${guest}: it is on no guest network of this router`, { guest })
    known.add(guest)
  }
}

const endOf = ({ port, endPort = port }: PortForward): number => endPort

const text = ({ address, protocol, port, endPort }: PortForward): string =>
  `${address} ${protocol} ${endPort === undefined || endPort === port ? port : `${port}-${endPort}`}`

const validatePorts = (forward: PortForward): void => {
  const { port, guestPort = port } = forward
  const end = guestPort + endOf(forward) - port
  if (end < guestPort) throw refuse(`The ports of ${text(forward)} are upside down`)
  if (end > 65_535) throw refuse(`${text(forward)} ends at the guest's port ${end}, above 65535`)
}

/** By address, protocol and first port. */
const order = (a: PortForward, b: PortForward): number => {
  if (a.address !== b.address) return a.address < b.address ? -1 : 1
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1
  return a.port - b.port
}

/** The first two neighbours of a grouped list that have a port in common. */
const overlapping = (forwards: readonly PortForward[]): readonly [PortForward, PortForward] | undefined => {
  let previous: PortForward | undefined
  for (const next of forwards) {
    if (
      previous !== undefined &&
      previous.address === next.address &&
      previous.protocol === next.protocol &&
      next.port <= endOf(previous)
    )
      return [previous, next]
    previous = next
  }
  return undefined
}

const groupOf = ({ address, protocol }: PortForward): string => `${address} ${protocol}`

/** Of a list in which each address and protocol is in one place, ports ascending, these; it need not be sorted again. */
const groupsOf = (forwards: readonly PortForward[]): ReadonlySet<string> | undefined => {
  const seen = new Set<string>()
  let previous: PortForward | undefined
  for (const next of forwards) {
    const same = previous?.address === next.address && previous.protocol === next.protocol
    if (same && previous !== undefined && previous.port > next.port) return undefined
    const group = same ? '' : groupOf(next)
    if (!same && seen.has(group)) return undefined
    if (!same) seen.add(group)
    previous = next
  }
  return seen
}

/** Forwards that were found right, and beside what they were. */
interface Accepted {
  readonly forwards: WeakRef<readonly PortForward[]>
  readonly beside: string
  /** Undefined where they were not grouped; some may be gone. */
  readonly groups: ReadonlySet<string> | undefined
}
let accepted: Accepted | undefined

/** What of a list must be looked at, when the list that was found right last is `earlier`. */
const freshOf = (forwards: readonly PortForward[], earlier: readonly PortForward[] | undefined) => {
  const { head, tail } = earlier === undefined ? { head: 0, tail: 0 } : sharedEnds(earlier, forwards)
  return {
    fresh: forwards.slice(head, forwards.length - tail),
    /** With the neighbours that were there before. */
    near: forwards.slice(Math.max(0, head - 1), forwards.length - Math.max(0, tail - 1)),
    neighbours: new Set(
      [forwards[head - 1], forwards[forwards.length - tail]].flatMap((one) => (one ? [groupOf(one)] : [])),
    ),
  }
}

/** Throws where two have a port in common; the groups of a grouped list. */
const validateApart = (
  forwards: readonly PortForward[],
  { near, neighbours }: Pick<ReturnType<typeof freshOf>, 'near' | 'neighbours'>,
  known: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined => {
  const own = known === undefined ? undefined : groupsOf(near)
  // What came between its neighbours leaves the list grouped unless a group of it is elsewhere, too.
  const inPlace = own !== undefined && [...own].every((group) => neighbours.has(group) || known?.has(group) !== true)
  const groups = inPlace ? new Set([...(known ?? []), ...own]) : groupsOf(forwards)
  const two = overlapping(inPlace ? near : groups === undefined ? forwards.toSorted(order) : forwards)
  if (two !== undefined) throw refuse(`The forwards of ${text(two[0])} and of ${text(two[1])} overlap`)
  return groups
}

const validateForwards = ({ forwards, static: fixed }: NatSpec, whole: SpecEnvelope): void => {
  const beside = JSON.stringify([
    ...interfacesOf(whole).map(({ role, addresses }) => [role, ...addresses]),
    fixed.map(({ address }) => address),
  ])
  const earlier = accepted?.beside === beside ? accepted.forwards.deref() : undefined
  const looked = freshOf(forwards, earlier)
  validateTargets(looked.fresh, whole)
  for (const forward of looked.fresh) validatePorts(forward)
  const statics = new Set(fixed.map(({ address }) => address))
  const both = looked.fresh.find(({ address }) => statics.has(address))
  if (both !== undefined)
    throw refuse(`${both.address} has a static NAT, so none of its ports can be forwarded`, { address: both.address })
  const groups = validateApart(forwards, looked, earlier === undefined ? undefined : accepted?.groups)
  accepted = { forwards: new WeakRef(forwards), beside, groups }
}

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = (spec: NatSpec, whole: SpecEnvelope): void => {
  validateSource(spec, whole)
  validateTargets(spec.static, whole)
  const twice = repeated(spec.static.map(({ address }) => address)) ?? repeated(spec.static.map(({ guest }) => guest))
  if (twice !== undefined) throw refuse(`${twice} has two static NATs; one to one allows it one`, { value: twice })
  validateForwards(spec, whole)
}
