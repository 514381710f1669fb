import { contains, parseCidr, type SpecEnvelope, toNumber } from '@sysvm/agent/spec'
import { hasAddress, interfacesOf, refuse, repeated } from '../whole.ts'
import type { DhcpSpec } from './spec.ts'

type Subnet = DhcpSpec['subnets'][number]

const validateReservations = ({ network, gateway, reservations }: Subnet): void => {
  const { first, last } = parseCidr(network)
  const twice = repeated(reservations.map(({ mac }) => mac)) ?? repeated(reservations.map(({ address }) => address))
  if (twice !== undefined) throw refuse(`${twice} is reserved twice in ${network}`, { value: twice })
  const outside = reservations.find(({ address }) => {
    const value = toNumber(address)
    return value <= first || value >= last || address === gateway
  })
  if (outside !== undefined)
    throw refuse(`${outside.address} cannot be a guest's address in ${network}`, { address: outside.address })
}

/** Rules across the document; throws SYSVM_SPEC_INVALID. */
export const validate = ({ subnets }: DhcpSpec, whole: SpecEnvelope): void => {
  const guests = interfacesOf(whole, 'guest')
  const twice = repeated(subnets.map(({ network }) => parseCidr(network).network))
  if (twice !== undefined) throw refuse(`The network ${twice} is given twice`, { network: twice })
  for (const subnet of subnets) {
    const nic = guests.find(({ device }) => device === subnet.device)
    if (nic === undefined) throw refuse(`DHCP on ${subnet.device}: there is no guest interface of this name`)
    const { network, prefix } = parseCidr(subnet.network)
    const own = nic.addresses.some((cidr) => {
      const span = parseCidr(cidr)
      return span.network === network && span.prefix === prefix
    })
    if (!own) throw refuse(`DHCP for ${subnet.network}: ${subnet.device} has no address in this network`)
    if (!contains(subnet.network, subnet.gateway) || !hasAddress(nic, subnet.gateway))
      throw refuse(`The gateway ${subnet.gateway} is not an address of ${subnet.device}`)
    validateReservations(subnet)
  }
}
