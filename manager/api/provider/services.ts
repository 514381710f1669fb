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

/** Every service that CloudStack knows: lists may be asked for those that nobody gives here. */
export const knownServices = [
  ...routerServices,
  'BaremetalPxeService',
  'Connectivity',
  'Gateway',
  'SecurityGroup',
  'Vpn',
] as const

/** What the router of a VPC may do for its tiers: there ACLs are the firewall. */
export const vpcServices: readonly RouterService[] = routerServices.filter((name) => name !== 'Firewall')

/** The service as it is spelt, whatever the case it was given in. */
export const spelt = (service: string): RouterService | undefined =>
  routerServices.find((name) => name.toLowerCase() === service.toLowerCase())
