import { overlaps, type SpecEnvelope } from '@sysvm/agent/spec'
import type { z } from 'zod'
import {
  addressOf,
  CONTROL_NETWORK,
  hasAddress,
  METADATA_ADDRESS,
  networkOf,
  reaches,
  refuse,
  repeated,
  servicesOf,
} from '../whole.ts'
import type { Interface, InterfacesSpec } from './spec.ts'

type Nic = z.infer<typeof Interface>

const validateGateways = (nic: Nic): void => {
  const { device, role, gateways = [] } = nic
  if (gateways.length > 0 && role !== 'public')
    throw refuse(`${device} is not public, so it has no gateways`, { device })
  for (const gateway of gateways) {
    if (!reaches(nic, gateway)) throw refuse(`The gateway ${gateway} is on no network of ${device}`, { gateway })
    if (hasAddress(nic, gateway)) throw refuse(`The gateway ${gateway} is an address of ${device} itself`, { gateway })
  }
}

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
    [...new Set(addresses.map(networkOf))].map((cidr) => ({ device, cidr, control: role === 'control' })),
  )
  for (const [index, { device, cidr, control }] of networks.entries()) {
    const other = networks.slice(index + 1).find((next) => next.device !== device && overlaps(cidr, next.cidr))
    if (other !== undefined) throw refuse(`${cidr} of ${device} overlaps ${other.cidr} of ${other.device}`)
    if (!control && overlaps(cidr, CONTROL_NETWORK))
      throw refuse(`${cidr} of ${device} overlaps the control network ${CONTROL_NETWORK}`)
  }
  if (interfaces.some((nic) => hasAddress(nic, METADATA_ADDRESS)))
    throw refuse(`${METADATA_ADDRESS} is where guests find their metadata, so no interface can have it`)
  for (const nic of interfaces) validateGateways(nic)
  const publics = interfaces.filter(({ role }) => role === 'public')
  if (gateway !== undefined && !publics.some((nic) => reaches(nic, gateway)))
    throw refuse(`The gateway ${gateway} is on the network of no public interface`, { gateway })
}
