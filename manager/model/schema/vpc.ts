import type { ColumnType, Generated } from 'kysely'
import type { Created, Id, Json } from './columns.ts'

export interface VpcOfferingTable {
  id: Generated<Id>
  name: string
  displaytext: string
  /** Services with their providers: `{"SourceNat":["VirtualRouter"]}`. */
  services: Json<Record<string, string[]>>
  state: Generated<'Enabled' | 'Disabled'>
  isdefault: Generated<boolean>
  networkmode: Generated<'NATTED' | 'ROUTED'>
  routingmode: 'Static' | 'Dynamic' | null
  internetprotocol: Generated<'IPv4' | 'DualStack' | 'IPv6'>
  created: Created
  /** Its VPCs have two routers. */
  redundant: Generated<boolean>
}

export interface VpcTable {
  id: Generated<Id>
  zone: Id
  offering: Id
  name: string
  displaytext: string
  /** Every tier's addresses are inside. */
  cidr: string
  networkdomain: string
  /** Whom tiers without name servers of their own ask, and IPv6 guests of them; null: as the zone says. */
  dns1: string | null
  dns2: string | null
  ip6dns1: string | null
  ip6dns2: string | null
  /** Inactive: it is being deleted. */
  state: Generated<'Enabled' | 'Inactive'>
  /** Its router is wanted even without tiers. */
  start: Generated<boolean>
  /** Raised by everything that changes the router's spec, changes of its tiers included. */
  revision: Generated<number>
  /** Raised to have the router destroyed and made anew once. */
  restarts_wanted: Generated<number>
  restarts_done: Generated<number>
  /** Why it is not as wanted. */
  reason: string | null
  created: Created
  /** Whose it is. */
  account: Generated<Id>
  /** It has two routers. */
  redundant: Generated<boolean>
  /** Its one router, while that is replaced by way of a second one. */
  renews: ColumnType<Id | null, Id | undefined, Id | null>
}

/** The network of its own on which a VPC's two routers hear each other. */
export interface VpcLinkTable {
  vpc: Id
  physical_network: Id
  /** VXLAN network identifier, which no network of the physical network has. */
  vni: number
}

/** Hosts with that network's bridge. */
export interface VpcLinkHostTable {
  vpc: Id
  host: Id
}

/** What a router has confirmed of each network it serves. */
export interface RouterNetworkTable {
  router: Id
  network: Id
  revision: number
}

/** A VPC's way into a network of the site, beside the public one. */
export interface PrivateGatewayTable {
  id: Generated<Id>
  vpc: Id
  physical_network: Id
  /** `untagged`, or a tag. */
  vlan: string
  /** The router's address there. */
  address: string
  /** Next hop behind it. */
  gateway: string
  netmask: string
  /** Guests leave by it under the router's address. */
  source_nat: Generated<boolean>
  acl: Id | null
  state: Generated<'Allocated' | 'Destroy'>
  /** Of the VPC, from which on its router has it. */
  revision: Generated<number>
  created: Created
}

/** Exactly one of `private_gateway` and `nexthop` is set. */
export interface StaticRouteTable {
  id: Generated<Id>
  vpc: Id
  cidr: string
  private_gateway: Id | null
  nexthop: string | null
  /** Of the VPC, from which on its router has it. */
  revision: Generated<number>
  created: Created
}
