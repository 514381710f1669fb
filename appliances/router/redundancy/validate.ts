import { contains, type SpecEnvelope } from '@sysvm/agent/spec'
import { addressOf, hasAddress, interfacesOf, refuse, servicesOf } from '../whole.ts'
import type { RedundancySpec } from './spec.ts'

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ device, peer }: RedundancySpec, whole: SpecEnvelope): void => {
  const nic = interfacesOf(whole, 'guest').find((candidate) => candidate.device === device)
  if (nic === undefined) throw refuse(`Redundancy on ${device}: there is no guest interface of this name`, { device })
  const [own] = nic.own ?? []
  if (own === undefined) throw refuse(`Redundancy on ${device}: the device has no address of its own`, { device })
  if (!contains(own, peer.address))
    throw refuse(`The other router's ${peer.address} is not on the network of ${own}`, { address: peer.address })
  if (hasAddress(nic, peer.address) || nic.own?.some((cidr) => addressOf(cidr) === peer.address))
    throw refuse(`The other router's ${peer.address} is an address of ${device} itself`, { address: peer.address })
  if (peer.mac === nic.mac) throw refuse(`The other router's MAC address is that of ${device} itself`, { device })
  const { ipv6, routing } = servicesOf(whole)
  if (ipv6 !== undefined) throw refuse('services.ipv6 does not go with services.redundancy yet')
  if (routing?.bgp !== undefined) throw refuse('services.routing.bgp does not go with services.redundancy yet')
  const nics = interfacesOf(whole)
  const lost = routing?.static.find(
    ({ via, shared }) => !shared && !nics.some((one) => one.own?.some((cidr) => contains(cidr, via))),
  )
  if (lost !== undefined)
    throw refuse(
      `The next hop ${lost.via} of ${lost.network} is on no network in which the router has its own address: give it shared: true`,
    )
}
