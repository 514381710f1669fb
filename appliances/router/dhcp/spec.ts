import { Cidr4, Device, DomainName, HostLabel, Ipv4, Mac } from '@sysvm/agent/spec'
import { z } from 'zod'
import { encodeOption, optionCode } from './options.ts'

export { encodeOption, optionCode, optionName } from './options.ts'

/** An option that one guest gets beside, or instead of, its subnet's: a code of `OPTIONS` and a value of its kind. */
export const DhcpOption = z
  .strictObject({ code: z.int().min(1).max(254), value: z.string().min(1).max(1024) })
  .refine(({ code }) => optionCode(String(code)) !== undefined, { error: 'is no option for guests', path: ['code'] })
  .refine(({ code, value }) => optionCode(String(code)) === undefined || encodeOption(code, value) !== undefined, {
    error: 'does not fit the option',
    path: ['value'],
  })
export type DhcpOption = z.infer<typeof DhcpOption>

export const Reservation = z.strictObject({
  mac: Mac,
  address: Ipv4,
  hostname: HostLabel.optional(),
  options: z.array(DhcpOption).optional(),
  /** False: it is told no router, for another nic of the guest leads out. */
  defaultRoute: z.boolean().optional(),
})

export const Subnet = z.strictObject({
  device: Device,
  network: Cidr4,
  gateway: Ipv4,
  nameservers: z.array(Ipv4).min(1),
  domain: DomainName,
  /** Domains in which guests look for short names, in this order; unless told the subnet's own. */
  search: z.array(DomainName).min(1).max(6).optional(),
  /** Only reserved guests are answered: the manager owns every address. */
  reservations: z.array(Reservation),
  mtu: z.int().min(576).max(9216).optional(),
})

export const DhcpSpec = z.strictObject({
  subnets: z.array(Subnet).min(1),
  leaseSeconds: z.int().min(60).default(86400),
})
export type DhcpSpec = z.infer<typeof DhcpSpec>
