/** What a virtual router does for its network, in CloudStack's words. */
export const routerServices = [
  'Dhcp',
  'Dns',
  'SourceNat',
  'StaticNat',
  'PortForwarding',
  'Lb',
  'Firewall',
  'NetworkACL',
  'UserData',
] as const

export type RouterService = (typeof routerServices)[number]

/** What the router of a VPC may do for its tiers: there ACLs are the firewall. */
export const vpcServices: readonly RouterService[] = routerServices.filter((name) => name !== 'Firewall')

/** The service as it is spelt, whatever the case it was given in. */
export const spelt = (service: string): RouterService | undefined =>
  routerServices.find((name) => name.toLowerCase() === service.toLowerCase())
