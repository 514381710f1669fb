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

const validateOwn = (nic: Nic, redundant: boolean): void => {
  const { device, role, addresses, own } = nic
  if (role === 'control') {
    if (own !== undefined) throw refuse(`${device} is the control device: all its addresses are its own`, { device })
    return
  }
  if ((own !== undefined) !== redundant)
    throw refuse(
      redundant
        ? `${device} has no own addresses beside the shared ones; give it own: [] if it needs none`
        : `${device} has own addresses, but services.redundancy is missing`,
      { device },
    )
  const stray = own?.find((cidr) => !addresses.map(networkOf).includes(networkOf(cidr)))
  if (stray !== undefined)
    throw refuse(`The own address ${stray} of ${device} is in none of its networks`, { address: stray })
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
    repeated(interfaces.flatMap(({ addresses, own = [] }) => [...addresses, ...own].map(addressOf)))
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
  const redundant = servicesOf(whole).redundancy !== undefined
  for (const nic of interfaces) {
    validateGateways(nic)
    validateOwn(nic, redundant)
  }
  const publics = interfaces.filter(({ role }) => role === 'public')
  if (gateway !== undefined && !publics.some((nic) => reaches(nic, gateway)))
    throw refuse(`The gateway ${gateway} is on the network of no public interface`, { gateway })
}
