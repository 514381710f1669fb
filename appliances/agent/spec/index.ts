import { z } from 'zod'
import { HostLabel } from './address.ts'

export * from './address.ts'
export * from './address6.ts'

/** The newest spec format this code reads and writes. A higher one is refused as SYSVM_SPEC_FUTURE. */
export const SPEC_VERSION = 1

export const Role = z.enum(['router', 'storage', 'console'])
export type Role = z.infer<typeof Role>

/**
 * The one document a system VM is a function of. `services` is checked by the role's own schemas;
 * a service that is absent is off.
 */
export const SpecEnvelope = z.strictObject({
  version: z.literal(SPEC_VERSION),
  generation: z.int().min(1),
  name: HostLabel,
  role: Role,
  services: z.record(z.string(), z.unknown()),
})
export type SpecEnvelope = z.infer<typeof SpecEnvelope>

/** A spec whose services are typed, as the manager builds it. */
export type Spec<Services> = Omit<SpecEnvelope, 'services'> & { readonly services: Services }
