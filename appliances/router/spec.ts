import type { Spec } from '@sysvm/agent/spec'
import type { AccountingSpec } from './accounting/spec.ts'
import type { AclInput } from './acl/spec.ts'
import type { DhcpSpec } from './dhcp/spec.ts'
import type { DnsSpec } from './dns/spec.ts'
import type { FirewallInput } from './firewall/spec.ts'
import type { InterfacesSpec } from './interfaces/spec.ts'
import type { Ipv6Spec } from './ipv6/spec.ts'
import type { LoadBalancerSpec } from './loadbalancer/spec.ts'
import type { MetadataSpec } from './metadata/spec.ts'
import type { NatSpec } from './nat/spec.ts'
import type { NetbootSpec } from './netboot/spec.ts'
import type { QosSpec } from './qos/spec.ts'
import type { RedundancySpec } from './redundancy/spec.ts'
import type { RoutingSpec } from './routing/spec.ts'
import type { VpnInput } from './vpn/spec.ts'
import type { WireGuardInput } from './wireguard/spec.ts'

export { AccountingSpec } from './accounting/spec.ts'
export type { AccountingState, Traffic } from './accounting/state.ts'
export { type AclInput, AclSpec } from './acl/spec.ts'
export { DhcpOption, DhcpSpec, encodeOption, optionCode, optionName } from './dhcp/spec.ts'
export { DnsSpec } from './dns/spec.ts'
export type { FilterListInput, FilterRuleInput } from './firewall/rule.ts'
export { type FirewallInput, FirewallSpec } from './firewall/spec.ts'
export { InterfacesSpec } from './interfaces/spec.ts'
export { Ipv6Spec } from './ipv6/spec.ts'
export { LoadBalancerSpec } from './loadbalancer/spec.ts'
export { CookieDomain, CookieName, HealthPath, Secret, StatusCodes } from './loadbalancer/values.ts'
export { MetadataSpec } from './metadata/spec.ts'
export { NatSpec } from './nat/spec.ts'
export { NetbootSpec } from './netboot/spec.ts'
export { BOOT_URL, IPXE_SCRIPT, KERNEL_ARGUMENTS } from './netboot/values.ts'
export { QosSpec } from './qos/spec.ts'
export { RedundancySpec } from './redundancy/spec.ts'
export type { RedundancyState, RedundantState } from './redundancy/state.ts'
export { RoutingSpec } from './routing/spec.ts'
export { BGP_PASSWORD } from './routing/values.ts'
export {
  AEADS,
  CIPHERS,
  ESP_PROPOSAL,
  GROUPS,
  HASHES,
  IKE_PROPOSAL,
  type Weakness,
  weaknesses,
} from './vpn/proposals.ts'
export { VPN_PASSWORD, VPN_USERNAME } from './vpn/remoteaccess/spec.ts'
export type { ConnectionState, VpnState } from './vpn/report.ts'
export { type VpnInput, VpnSpec } from './vpn/spec.ts'
export { IKE_IDENTITY, PRE_SHARED_KEY } from './vpn/values.ts'
export { type WireGuardInput, WireGuardSpec } from './wireguard/spec.ts'
export type { WireGuardState } from './wireguard/state.ts'

/** Services of a router; an absent one is off. */
export interface RouterServices {
  readonly interfaces: InterfacesSpec
  readonly dhcp?: DhcpSpec
  readonly dns?: DnsSpec
  readonly nat?: NatSpec
  readonly firewall: FirewallInput
  readonly acl?: AclInput
  readonly metadata?: MetadataSpec
  readonly ipv6?: Ipv6Spec
  readonly loadbalancer?: LoadBalancerSpec
  readonly routing?: RoutingSpec
  readonly qos?: QosSpec
  readonly accounting?: AccountingSpec
  readonly netboot?: NetbootSpec
  readonly vpn?: VpnInput
  readonly wireguard?: WireGuardInput
  readonly redundancy?: RedundancySpec
}

export type RouterSpec = Spec<RouterServices>
