import { Device } from '@sysvm/agent/spec'
import { z } from 'zod'
import { FilterList } from '../firewall/rule.ts'

/**
 * The ACL of a tier, by the tier's device, or of a private gateway, by the private device. Ingress of a tier is what goes
 * to its guests; ingress of a gateway is what comes in by it.
 */
export const DeviceAcl = z.strictObject({ device: Device, ingress: FilterList, egress: FilterList })
export type DeviceAcl = z.infer<typeof DeviceAcl>

export const AclSpec = z.strictObject({ devices: z.array(DeviceAcl) })
export type AclSpec = z.infer<typeof AclSpec>
export type AclInput = z.input<typeof AclSpec>
