import { overlaps, type SpecEnvelope } from '@sysvm/agent/spec'
import { addressOf, CONTROL_NETWORK, METADATA_ADDRESS, reaches, refuse, repeated, servicesOf } from '../whole.ts'
import type { InterfacesSpec } from './spec.ts'

/** Rules across interfaces; throws SYSVM_SPEC_INVALID. */
export const validate = ({ interfaces, gateway }: InterfacesSpec, whole: SpecEnvelope): void => {
  if (servicesOf(whole).firewall === undefined)
    throw refuse('services.firewall is missing: a router forwards nothing unfiltered')
  const controls = interfaces.filter(({ role }) => role === 'control').length
  if (controls !== 1) throw refuse(`A router has one control interface, not ${controls}`)
  const twice =
    repeated(interfaces.map(({ device }) => device)) ??
    repeated(interfaces.map(({ mac }) => mac)) ??
    repeated(interfaces.flatMap(({ addresses }) => addresses.map(addressOf)))
  if (twice !== undefined) throw refuse(`${twice} is given to two interfaces`, { value: twice })
  const networks = interfaces.flatMap(({ device, role, addresses }) =>
    addresses.map((cidr) => ({ device, cidr, control: role === 'control' })),
  )
  for (const [index, { device, cidr, control }] of networks.entries()) {
    const other = networks.slice(index + 1).find((next) => next.device !== device && overlaps(cidr, next.cidr))
    if (other !== undefined) throw refuse(`${cidr} of ${device} overlaps ${other.cidr} of ${other.device}`)
    if (!control && overlaps(cidr, CONTROL_NETWORK))
      throw refuse(`${cidr} of ${device} overlaps the control network ${CONTROL_NETWORK}`)
  }
  if (networks.some(({ cidr }) => addressOf(cidr) === METADATA_ADDRESS))
    throw refuse(`${METADATA_ADDRESS} is where guests find their metadata, so no interface can have it`)
  const publics = interfaces.filter(({ role }) => role === 'public')
  if (gateway !== undefined && !publics.some((nic) => reaches(nic, gateway)))
    throw refuse(`The gateway ${gateway} is on the network of no public interface`, { gateway })
}
