import { contains6, overlaps, overlaps6, parseCidr, parseCidr6, type SpecEnvelope } from '@sysvm/agent/spec'
import { CONTROL_NETWORK, interfacesOf, reaches, refuse, repeated, servicesOf } from '../whole.ts'
import type { RoutingSpec } from './spec.ts'

const isSix = (text: string): boolean => text.includes(':')

/** IPv6 addresses of a device, which are another service's. */
const sixOf = (whole: SpecEnvelope, device: string): readonly string[] =>
  (servicesOf(whole).ipv6?.interfaces ?? [])
    .filter((nic) => nic.device === device)
    .flatMap(({ addresses }) => addresses)

const networkText = (cidr: string): string => {
  const { network, prefix } = isSix(cidr) ? parseCidr6(cidr) : parseCidr(cidr)
  return `${network}/${prefix}`
}

const reachable = (whole: SpecEnvelope, address: string): boolean =>
  interfacesOf(whole).some((nic) =>
    nic.role === 'control'
      ? false
      : isSix(address)
        ? sixOf(whole, nic.device).some((cidr) => contains6(cidr, address))
        : reaches(nic, address),
  )

const meets = (a: string, b: string): boolean => isSix(a) === isSix(b) && (isSix(a) ? overlaps6(a, b) : overlaps(a, b))

const checkStatic = ({ static: routes }: RoutingSpec, whole: SpecEnvelope): void => {
  const twice = repeated(routes.map(({ network }) => network))
  if (twice !== undefined) throw refuse(`Two static routes lead to ${twice}`, { network: twice })
  const own = interfacesOf(whole).flatMap((nic) => [...nic.addresses, ...sixOf(whole, nic.device)])
  const redundant = servicesOf(whole).redundancy !== undefined
  for (const { network, via, shared } of routes) {
    if (shared && !redundant) throw refuse(`The route to ${network} is shared, but services.redundancy is missing`)
    if (isSix(network) !== isSix(via)) throw refuse(`The route to ${network} by ${via} mixes IPv4 and IPv6`)
    if (networkText(network) !== network)
      throw refuse(`The route to ${network} has host bits; the network is ${networkText(network)}`, { network })
    if (network.endsWith('/0')) throw refuse(`The default route is services.interfaces' gateway, not ${network}`)
    if (meets(network, isSix(network) ? 'fe80::/10' : CONTROL_NETWORK))
      throw refuse(`The route to ${network} would take the control network's packets`, { network })
    if (own.some((cidr) => networkText(cidr) === network))
      throw refuse(`The route to ${network} is not needed: an interface is on this network`, { network })
    if (!reachable(whole, via)) throw refuse(`The next hop ${via} of ${network} is on the network of no interface`)
  }
}

const checkBgp = ({ bgp }: RoutingSpec, whole: SpecEnvelope): void => {
  if (bgp === undefined) return
  const twice = repeated(bgp.peers.map(({ address }) => address)) ?? repeated(bgp.advertise)
  if (twice !== undefined) throw refuse(`${twice} is given twice to BGP`, { value: twice })
  const wide = bgp.advertise.find((network) => networkText(network) !== network || network.endsWith('/0'))
  if (wide !== undefined) throw refuse(`${wide} is not a network that BGP may advertise`, { network: wide })
  for (const { address, asn, multihop } of bgp.peers) {
    if (asn !== bgp.asn && multihop === 1 && !reachable(whole, address))
      throw refuse(`The BGP peer ${address} is on the network of no interface; give it multihop`, { address })
  }
}

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = (spec: RoutingSpec, whole: SpecEnvelope): void => {
  checkStatic(spec, whole)
  checkBgp(spec, whole)
}
