import type { ProviderName } from '../../model/schema.ts'

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
  'Vpn',
] as const

export type RouterService = (typeof routerServices)[number]

/** What hosts do for a network's guests, with the provider SecurityGroupProvider. */
export const SECURITY_GROUP = 'SecurityGroup'

export const isHostService = (service: string): boolean => service.toLowerCase() === SECURITY_GROUP.toLowerCase()

/** Every service that CloudStack knows: lists may be asked for those that nobody gives here. */
export const knownServices = [
  ...routerServices,
  'BaremetalPxeService',
  'Connectivity',
  'Gateway',
  SECURITY_GROUP,
] as const

/** What the router of a VPC may do for its tiers: there ACLs are the firewall. */
export const vpcServices: readonly RouterService[] = routerServices.filter((name) => name !== 'Firewall')

/** The service as it is spelt, whatever the case it was given in. */
export const spelt = (service: string): RouterService | undefined =>
  routerServices.find((name) => name.toLowerCase() === service.toLowerCase())

/** What a provider of each name is asked for. */
export const servicesOf = (provider: ProviderName): readonly string[] => {
  if (provider === 'VpcVirtualRouter') return vpcServices
  if (provider === 'InternalLbVm') return ['Lb']
  return provider === 'SecurityGroupProvider' ? ['SecurityGroup'] : routerServices
}
