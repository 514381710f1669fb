import type { SpecEnvelope } from '@sysvm/agent/spec'
import { contains, parseCidr, parseCidr6 } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { z } from 'zod'
import type { Interface } from './interfaces/spec.ts'
import type { RouterServices } from './spec.ts'

type Nic = z.infer<typeof Interface>

/** Where a guest on any network finds its metadata. */
export const METADATA_ADDRESS = '169.254.169.254'
/** Addresses of hosts, system VMs and the manager among themselves. */
export const CONTROL_NETWORK = '169.254.0.0/16'

export const refuse = (message: string, details: Readonly<Record<string, unknown>> = {}): SysvmError =>
  new SysvmError('SYSVM_SPEC_INVALID', message, { details })

/** The other services of the document; each was checked by its own schema before. */
export const servicesOf = (whole: SpecEnvelope): Partial<RouterServices> => whole.services as Partial<RouterServices>

export const interfacesOf = (whole: SpecEnvelope, role?: Nic['role']): readonly Nic[] => {
  const all = servicesOf(whole).interfaces?.interfaces
  if (all === undefined) throw refuse('services.interfaces is missing: every other service of a router builds on it')
  return role === undefined ? all : all.filter((nic) => nic.role === role)
}

/** `10.1.1.1/24` to `10.1.1.1`. */
export const addressOf = (cidr: string): string => cidr.slice(0, cidr.indexOf('/'))

/** `10.1.1.1/24` to `10.1.1.0/24`. */
export const networkOf = (cidr: string): string => {
  const { network, prefix } = parseCidr(cidr)
  return `${network}/${prefix}`
}

/** `2001:db8::1/64` to `2001:db8::/64`. */
export const networkOf6 = (cidr: string): string => {
  const { network, prefix } = parseCidr6(cidr)
  return `${network}/${prefix}`
}

export const hasAddress = (nic: Nic, address: string): boolean =>
  nic.addresses.some((cidr) => addressOf(cidr) === address)

export const reaches = (nic: Nic, address: string): boolean => nic.addresses.some((cidr) => contains(cidr, address))

/** The first value that comes twice. */
export const repeated = <T>(values: readonly T[]): T | undefined => {
  const seen = new Set<T>()
  return values.find((value) => seen.size === seen.add(value).size)
}
