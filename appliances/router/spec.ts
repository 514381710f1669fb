import type { Spec } from '@sysvm/agent/spec'
import type { DhcpSpec } from './dhcp/spec.ts'
import type { DnsSpec } from './dns/spec.ts'
import type { FirewallSpec } from './firewall/spec.ts'
import type { InterfacesSpec } from './interfaces/spec.ts'
import type { LoadBalancerSpec } from './loadbalancer/spec.ts'
import type { MetadataSpec } from './metadata/spec.ts'
import type { NatSpec } from './nat/spec.ts'

export { DhcpSpec } from './dhcp/spec.ts'
export { DnsSpec } from './dns/spec.ts'
export { FirewallSpec } from './firewall/spec.ts'
export { InterfacesSpec } from './interfaces/spec.ts'
export { LoadBalancerSpec } from './loadbalancer/spec.ts'
export { MetadataSpec } from './metadata/spec.ts'
export { NatSpec } from './nat/spec.ts'

/** Services of a router; an absent one is off. */
export interface RouterServices {
  readonly interfaces: InterfacesSpec
  readonly dhcp?: DhcpSpec
  readonly dns?: DnsSpec
  readonly nat?: NatSpec
  readonly firewall: FirewallSpec
  readonly metadata?: MetadataSpec
  readonly loadbalancer?: LoadBalancerSpec
}

export type RouterSpec = Spec<RouterServices>
