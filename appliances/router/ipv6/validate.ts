import { contains6, overlaps6, parseCidr6, type SpecEnvelope } from '@sysvm/agent/spec'
import { addressOf, interfacesOf, refuse, repeated } from '../whole.ts'
import { type Interface6, sideOf } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'

/** Ranges that no interface can be given: loopback, link-local, multicast, IPv4-mapped (RFC 6890). */
const reserved = ['::/96', '::ffff:0:0/96', 'fe80::/10', 'ff00::/8']

const validateReservations = ({ device, addresses, advertisement }: Interface6): void => {
  const reservations = advertisement?.reservations ?? []
  if (advertisement?.addressing === 'slaac' && reservations.length > 0)
    throw refuse(`${device} reserves addresses, but its guests make their own`)
  const twice =
    repeated(reservations.map(({ mac }) => mac)) ??
    repeated(reservations.map(({ address }) => address)) ??
    repeated(reservations.flatMap(({ duid }) => duid ?? []))
  if (twice !== undefined) throw refuse(`${twice} is reserved twice on ${device}`, { value: twice })
  const outside = reservations.find(
    ({ address }) =>
      !addresses.some((cidr) => contains6(cidr, address)) || addresses.some((cidr) => addressOf(cidr) === address),
  )
  if (outside !== undefined) throw refuse(`${outside.address} cannot be a guest's address on ${device}`)
}

const validateAdvertisement = (nic: Interface6, guest: boolean): void => {
  if (nic.advertisement === undefined) return
  if (!guest) throw refuse(`${nic.device} advertises itself as a router, but it is no guest interface`)
  const odd = nic.addresses.find((cidr) => parseCidr6(cidr).prefix !== 64)
  if (odd !== undefined) throw refuse(`${odd} of ${nic.device} is no /64: guests could make no addresses in it`)
  validateReservations(nic)
}

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = (spec: Ipv6Spec, whole: SpecEnvelope): void => {
  const roles = new Map(interfacesOf(whole).map(({ device, role }) => [device, role]))
  const twice =
    repeated(spec.interfaces.map(({ device }) => device)) ??
    repeated(spec.interfaces.flatMap(({ addresses }) => addresses.map(addressOf)))
  if (twice !== undefined) throw refuse(`${twice} is given to two interfaces`, { value: twice })
  for (const nic of spec.interfaces) {
    const role = roles.get(nic.device)
    if (role === undefined || role === 'control')
      throw refuse(`IPv6 on ${nic.device}: it is no guest or public interface`)
    const wrong = nic.addresses.find((cidr) => reserved.some((range) => contains6(range, addressOf(cidr))))
    if (wrong !== undefined) throw refuse(`${wrong} of ${nic.device} is no address of a network`, { address: wrong })
    validateAdvertisement(nic, role === 'guest')
  }
  const networks = spec.interfaces.flatMap(({ device, addresses }) => addresses.map((cidr) => ({ device, cidr })))
  for (const [index, { device, cidr }] of networks.entries()) {
    const other = networks.slice(index + 1).find((next) => next.device !== device && overlaps6(cidr, next.cidr))
    if (other !== undefined) throw refuse(`${cidr} of ${device} overlaps ${other.cidr} of ${other.device}`)
  }
  const { gateway } = spec
  const reaches = sideOf(spec, whole, 'public').some(({ addresses }) =>
    addresses.some((cidr) => gateway !== undefined && contains6(cidr, gateway)),
  )
  if (gateway !== undefined && !reaches)
    throw refuse(`The gateway ${gateway} is on the network of no public interface`, { gateway })
}
