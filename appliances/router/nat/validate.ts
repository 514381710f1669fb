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

/** Whether each address and protocol is in one place, its ports ascending: then the list need not be sorted again. */
const isGrouped = (forwards: readonly PortForward[]): boolean => {
  const seen = new Set<string>()
  let previous: PortForward | undefined
  for (const next of forwards) {
    const same = previous?.address === next.address && previous.protocol === next.protocol
    if (same && previous !== undefined && previous.port > next.port) return false
    const group = same ? '' : `${next.address} ${next.protocol}`
    if (!same && seen.has(group)) return false
    if (!same) seen.add(group)
    previous = next
  }
  return true
}

/** Forwards that were found right, and beside what they were. */
interface Accepted {
  readonly forwards: WeakRef<readonly PortForward[]>
  readonly beside: string
}
let accepted: Accepted | undefined

/** Those of a list that were not looked at already, in a list that shares its ends with this one, beside the same. */
const unseen = (forwards: readonly PortForward[], beside: string): readonly PortForward[] => {
  const known = accepted?.beside === beside ? accepted.forwards.deref() : undefined
  if (known === undefined) return forwards
  const { head, tail } = sharedEnds(known, forwards)
  return forwards.slice(head, forwards.length - tail)
}

const validateForwards = ({ forwards, static: fixed }: NatSpec, whole: SpecEnvelope): void => {
  const beside = JSON.stringify([
    ...interfacesOf(whole).map(({ role, addresses }) => [role, ...addresses]),
    fixed.map(({ address }) => address),
  ])
  const fresh = unseen(forwards, beside)
  validateTargets(fresh, whole)
  for (const forward of fresh) validatePorts(forward)
  const statics = new Set(fixed.map(({ address }) => address))
  const both = fresh.find(({ address }) => statics.has(address))
  if (both !== undefined)
    throw refuse(`${both.address} has a static NAT, so none of its ports can be forwarded`, { address: both.address })
  const two = overlapping(isGrouped(forwards) ? forwards : forwards.toSorted(order))
  if (two !== undefined) throw refuse(`The forwards of ${text(two[0])} and of ${text(two[1])} overlap`)
  accepted = { forwards: new WeakRef(forwards), beside }
}

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = (spec: NatSpec, whole: SpecEnvelope): void => {
  validateSource(spec, whole)
  validateTargets(spec.static, whole)
  const twice = repeated(spec.static.map(({ address }) => address)) ?? repeated(spec.static.map(({ guest }) => guest))
  if (twice !== undefined) throw refuse(`${twice} has two static NATs; one to one allows it one`, { value: twice })
  validateForwards(spec, whole)
}
