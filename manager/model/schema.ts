import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { NetworkAclListTable, NetworkAclTable } from './schema/acl.ts'
import type { AffinityGroupTable, AffinityMemberTable, InstanceGroupTable } from './schema/affinity.ts'
import type { Created, Id, Json } from './schema/columns.ts'
import type { LoginAttemptTable, RemovalTable } from './schema/entry.ts'
import type { FirewallRuleTable } from './schema/firewall.ts'
import type {
  Ipv6PrefixTable,
  NicDhcpOption,
  NicSecondaryIpTable,
  SshKeypairTable,
  UserDataTable,
} from './schema/guestservices.ts'
import type {
  AccountTable,
  CloudUserTable,
  DomainTable,
  ProjectAccountTable,
  ProjectTable,
  RolePermissionTable,
  RoleTable,
  SessionTable,
} from './schema/identity.ts'
import type { IpRuleTable } from './schema/iprule.ts'
import type {
  HealthCheckPolicyTable,
  LoadBalancerCertTable,
  LoadBalancerMemberTable,
  LoadBalancerRuleTable,
  SslCertTable,
  StickinessPolicyTable,
} from './schema/loadbalancer.ts'
import type { FenceTable, ManagerTable } from './schema/manager.ts'
import type { FormerHostTable, LeftBehindTable } from './schema/move.ts'
import type { PortForwardingTable } from './schema/nat.ts'
import type { DiskOfferingTable, ServiceOfferingTable } from './schema/offering.ts'
import type {
  AlertTable,
  CommandEventTable,
  ConfigurationScopedTable,
  EventTable,
  RecordTaskTable,
  ResourceDetailTable,
  ResourceTagTable,
  UsageLogTable,
  UsagePeriodTable,
  UsageRecordTable,
} from './schema/record.ts'
import type {
  RemoteAccessCertificateTable,
  RemoteAccessL2tpTable,
  RemoteAccessVpnTable,
  RemoteAccessWireGuardTable,
  VpnAuthorityTable,
  VpnUserRevisionTable,
  VpnUserTable,
  WireGuardPeerTable,
} from './schema/remoteaccess.ts'
import type {
  AsNumberTable,
  AsnRangeTable,
  BgpPeerScopeTable,
  BgpPeerTable,
  GuestSubnetTable,
  NetbootTable,
  RouterTrafficReadTable,
  RouterTrafficTable,
  TrafficTable,
  ZoneSubnetTable,
} from './schema/routing.ts'
import type { SecurityGroupMemberTable, SecurityGroupRuleTable, SecurityGroupTable } from './schema/securitygroup.ts'
import type { ImageStoreTable, StoragePoolTable, StoragePoolView } from './schema/storage.ts'
import type { TallyTable } from './schema/tally.ts'
import type { ResourceLimitTable } from './schema/tenancy.ts'
import type {
  PrivateGatewayTable,
  RouterNetworkTable,
  StaticRouteTable,
  VpcLinkHostTable,
  VpcLinkTable,
  VpcOfferingTable,
  VpcTable,
} from './schema/vpc.ts'
import type { VpnConnectionTable, VpnCustomerGatewayTable, VpnGatewayTable } from './schema/vpn.ts'

export interface ZoneTable {
  id: Generated<Id>
  name: string
  dns1: string
  dns2: string | null
  internaldns1: string
  internaldns2: string | null
  guestcidr: string | null
  domain: string | null
  networktype: 'Advanced'
  allocationstate: Generated<'Enabled' | 'Disabled'>
  created: Created
  /** Its networks may keep guests apart by security groups. */
  security_groups: Generated<boolean>
}

export interface PhysicalNetworkTable {
  id: Generated<Id>
  zone: Id
  name: string
  isolationmethods: string
  /** VNI range for guest networks, inclusive. */
  vni_from: Generated<number>
  vni_to: Generated<number>
  state: Generated<'Enabled' | 'Disabled'>
  created: Created
}

export interface TrafficTypeTable {
  id: Generated<Id>
  physical_network: Id
  traffictype: 'Management' | 'Guest' | 'Public' | 'Storage'
  /** Bridge on the hosts for this traffic; null: sysvm's default. */
  kvmnetworklabel: string | null
}

/** Names of what serves guest networks. It is one virtual router in each case; set-up scripts turn on each name. */
export type ProviderName = 'VirtualRouter' | 'VpcVirtualRouter' | 'InternalLbVm' | 'SecurityGroupProvider'

/** Who serves a physical network's guests; made with the physical network, one row for each name. */
export interface NetworkServiceProviderTable {
  id: Generated<Id>
  physical_network: Id
  name: ProviderName
  state: Generated<'Enabled' | 'Disabled'>
  /** The provider's element, that `configureVirtualRouterElement` turns on. */
  element: Generated<Id>
  element_enabled: Generated<boolean>
}

export interface PodTable {
  id: Generated<Id>
  zone: Id
  name: string
  gateway: string
  netmask: string
  startip: string
  endip: string | null
  allocationstate: Generated<'Enabled' | 'Disabled'>
  created: Created
}

export type Hypervisor = 'KVM' | 'Container' | 'Simulator'

export interface ClusterTable {
  id: Generated<Id>
  pod: Id
  name: string
  hypervisor: Hypervisor
  allocationstate: Generated<'Enabled' | 'Disabled'>
  created: Created
}

export interface HostTable {
  id: Generated<Id>
  cluster: Id
  name: string
  /** `ssh://root@192.0.2.10:22`, or `local:` and `local:?netns=NAME` for this machine. */
  url: string
  /** Fingerprint the host's SSH key is pinned to, `SHA256:…`. */
  hostkey: string | null
  /** Underlay address of its VXLAN tunnels. */
  underlay: string | null
  state: Generated<'Connecting' | 'Up' | 'Down' | 'Alert' | 'Removed'>
  resourcestate: Generated<'Enabled' | 'Disabled' | 'PrepareForMaintenance' | 'Maintenance' | 'ErrorInMaintenance'>
  /** Offerings with host tags are placed only where all of these are. */
  hosttags: Generated<string[]>
  /** Removed by force: what is on it is given up. */
  abandoned: Generated<boolean>
  /** Why it is not Up. */
  reason: string | null
  facts: Json<Record<string, unknown>> | null
  cpus: Generated<number>
  memory_mib: Generated<number>
  /** Who sees to it; null: whoever comes first. */
  manager: Id | null
  /** Fencing epoch at which that manager took it. */
  epoch: Generated<string>
  /** Id of its own storage pool. */
  pool: GeneratedAlways<Id>
  /** Bytes, from its facts. */
  storage_total: GeneratedAlways<string | null>
  storage_free: GeneratedAlways<string | null>
  created: Created
}

/** When a host last answered; no row: never yet. */
export interface HostSeenTable {
  host: Id
  at: Date
  /** Fencing epoch at which its manager last looked at it. */
  epoch: string | null
}

export interface VlanRangeTable {
  id: Generated<Id>
  zone: Id
  physical_network: Id
  vlan: string
  /** All four null: the range has IPv6 alone. */
  gateway: string | null
  netmask: string | null
  startip: string | null
  endip: string | null
  ip6gateway: string | null
  ip6cidr: string | null
  /** Pool for routers; null: they make theirs of their MAC addresses. */
  startipv6: string | null
  endipv6: string | null
  /** Whose addresses these are: this account's alone, or those of the accounts of this domain; both null: everyone's. */
  account: Generated<Id | null>
  domain: Generated<Id | null>
  created: Created
}

/** One row per address of every range; free when nobody has it and nobody reserved it. */
export interface PublicIpTable {
  id: Generated<Id>
  range: Id
  address: string
  /**
   * Isolated network that has it; of a VPC's address the tier it leads to, null when it leads to several or none yet.
   * Neither network nor VPC, though it is allocated: an account has it for its first rule to bind.
   */
  network: Id | null
  vpc: Id | null
  is_source_nat: Generated<boolean>
  /** Kept for its owner though nothing has it. */
  reserved: Generated<boolean>
  /** Guest's nic that has the address one to one; null: none. */
  static_nat_nic: Id | null
  /** Which address of that nic; without `static_nat_nic` it means nothing. */
  static_nat_address: string | null
  /** Being given up: free as soon as its router holds this revision of the network or VPC. */
  release_revision: Generated<number | null>
  allocated: Date | null
  /** Whose it is while it is allocated or reserved. */
  account: Id | null
}

export interface NetworkOfferingTable {
  id: Generated<Id>
  name: string
  displaytext: string
  guestiptype: 'Isolated' | 'L2'
  /** Services with their providers: `{"Dhcp":["VirtualRouter"]}`. */
  services: Json<Record<string, string[]>>
  egressdefaultpolicy: Generated<boolean>
  state: Generated<'Enabled' | 'Disabled'>
  isdefault: Generated<boolean>
  /** For tiers of VPCs, and for nothing else. */
  forvpc: Generated<boolean>
  networkmode: Generated<'NATTED' | 'ROUTED'>
  routingmode: 'Static' | 'Dynamic' | null
  internetprotocol: Generated<'IPv4' | 'DualStack' | 'IPv6'>
  /** Megabits per second; null: as fast as it goes. */
  networkrate: number | null
  conservemode: Generated<boolean>
  specifyvlan: Generated<boolean>
  /** By service, as `servicecapabilitylist` gives them: `{"Lb":{"lbSchemes":"internal"}}`. */
  capabilities: ColumnType<Record<string, Record<string, string>>, string | undefined, string>
  created: Created
}

export interface TemplateTable {
  id: Generated<Id>
  name: string
  displaytext: string
  /** Content hash of an image in the image folder. */
  image: string
  kind: 'system' | 'guest'
  isready: Generated<boolean>
  created: Created
  /** Whose it is. */
  account: Generated<Id>
}

export interface NetworkTable {
  id: Generated<Id>
  zone: Id
  physical_network: Id
  offering: Id
  name: string
  displaytext: string
  /** Null, as the gateway: of type L2, where the manager gives no addresses. */
  cidr: string | null
  gateway: string | null
  networkdomain: string
  /** Whom its router asks; null: the zone's. */
  dns1: string | null
  dns2: string | null
  ip6dns1: string | null
  ip6dns2: string | null
  /** The prefix that ip6cidr is of; null: it was given, or there is none. */
  ip6prefix: Id | null
  /** A /64; null: IPv4 only. */
  ip6cidr: string | null
  ip6gateway: string | null
  /** The VPC whose tier it is. */
  vpc: Id | null
  /** Of a tier, the list that decides what passes; null: default_deny. */
  acl: Id | null
  /** VXLAN network identifier, unique in its physical network; null until the network is implemented. */
  vni: number | null
  state: Generated<'Allocated' | 'Implementing' | 'Implemented' | 'Shutdown' | 'Destroy'>
  /** Raised by everything that changes the router's spec. */
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

export interface RouterTable {
  id: Generated<Id>
  /** For the instance name r-NUMBER-VM. */
  number: Generated<number>
  zone: Id
  /** Exactly one of `network` and `vpc` is set: what it serves. */
  network: Id | null
  vpc: Id | null
  host: Id | null
  /** Link-local control address, unique in the zone. */
  linklocal: string
  /** OpenSSH private key, sealed with the key file of the data directory (AES-256-GCM, base64). */
  host_key_private: string
  /** OpenSSH public key the control connection is pinned to. */
  host_key_public: string
  image: string | null
  desired: Generated<'Running' | 'Stopped' | 'Destroyed'>
  state: Generated<'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'Migrating' | 'Error' | 'Destroyed'>
  reason: string | null
  /** It is to leave its host. */
  moving: Generated<boolean>
  /** The host that it goes to, once it is chosen. */
  target_host: Id | null
  /** What it is to be made of from its next start on; the manager clears it when it is. */
  next_image: string | null
  /** The image whose firmware it is to be given while it runs; the manager clears it when it is, or cannot. */
  next_firmware: string | null
  /** Also where it has that firmware already. */
  patch_forced: Generated<boolean>
  /** What it goes back to when its new image does not come up. */
  former_image: string | null
  /** Raised to make the machine restart once. */
  reboots_wanted: Generated<number>
  reboots_done: Generated<number>
  /** Generation last confirmed by the machine and the revision it holds of its network or VPC. */
  generation: Generated<number>
  revision: Generated<number>
  spec_sha256: string | null
  created: Created
  /** Its place of two; a router that is alone has either. */
  rank: Generated<'first' | 'second'>
  /** As it told last; of one that is alone UNKNOWN. */
  redundant_state: Generated<RedundantState>
  /** Since when nothing is heard of it, though it has something to tell; null: it is heard, or nobody listens. */
  silent_since: Date | null
  /** Connections of its own kernel, and of the other router to be taken over, as it told last. */
  flows_own: number | null
  flows_peer: number | null
  role_read: ColumnType<Date | null, Date | undefined, Date | null>
  /** Raised to have its machine destroyed and made anew once, when the other router can do without it. */
  remakes_wanted: Generated<number>
  remakes_done: Generated<number>
  /** When it was last asked how it is, since when it says that it does not serve, and how often it was made anew for that. */
  health_read: Date | null
  ill_since: Date | null
  ill_remakes: Generated<number>
  ill_remade: Date | null
  /** Events of its role in the ten minutes since. */
  roles_told: Generated<number>
  roles_told_since: Date | null
  /** Since when it runs beside the one router that it is to replace, without all its connections; null: it does not. */
  joined: Date | null
  /** It may be taken down for a new image or another host though nobody serves meanwhile. */
  may_pause: Generated<boolean>
}

export type RedundantState = 'PRIMARY' | 'BACKUP' | 'FAULT' | 'UNKNOWN'

export interface GuestTable {
  id: Generated<Id>
  /** For the instance name i-2-NUMBER-VM. */
  number: Generated<number>
  name: string
  displayname: string
  zone: Id
  offering: Id
  template: Id
  host: Id | null
  /** That of its host. */
  hypervisor: ColumnType<Hypervisor | null, never, never>
  /** Its own, in base64. */
  userdata: string | null
  /** Shared user data, instead of its own. */
  userdata_id: Id | null
  userdata_details: ColumnType<Record<string, string>, string | undefined, string>
  keypairs: Generated<string[]>
  public_keys: Generated<string[]>
  /** Another one for every password that was set. */
  password_id: Id | null
  password_sealed: string | null
  /** Base64, for the owner of its first RSA key. */
  password_encrypted: string | null
  desired: Generated<'Running' | 'Stopped' | 'Destroyed' | 'Expunged'>
  state: Generated<'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'Destroyed' | 'Expunging' | 'Migrating' | 'Error'>
  reason: string | null
  /** It is to leave its host. */
  moving: Generated<boolean>
  /** The host that it goes to, once it is chosen. */
  target_host: Id | null
  /** Of a customized offering what was chosen; null: the offering's. */
  custom_cpunumber: number | null
  custom_cpuspeed: number | null
  custom_memory: number | null
  /** What a client wrote down about it. */
  details: ColumnType<Record<string, string>, string | undefined, string>
  /** Started elsewhere when its host fails. */
  haenable: Generated<boolean>
  scalable: Generated<boolean>
  /** Kept from destruction. */
  protected: Generated<boolean>
  keyboard: string | null
  /** Of the nic by which it leaves its networks. */
  default_device: Generated<number>
  instance_group: Id | null
  /** Since when it is destroyed. */
  destroyed: Date | null
  /** Where it was asked to be placed first. */
  only_pod: Id | null
  only_cluster: Id | null
  /** Raised to have its disk made anew from the template once. */
  reinstalls_wanted: Generated<number>
  reinstalls_done: Generated<number>
  reboots_wanted: Generated<number>
  reboots_done: Generated<number>
  revision: Generated<number>
  created: Created
  /** Whose it is. */
  account: Generated<Id>
  /** Who deployed it. */
  cloud_user: Generated<Id>
  /** Raised by everything that changes what its security groups let through; done: its host knows. */
  security_wanted: Generated<number>
  security_done: Generated<number>
  /** When its move last came on. */
  progress: Date | null
}

/**
 * Nics of guests and routers; exactly one of `guest` and `router` is set. The API inserts a guest's nic with its
 * network (and its address when the caller asked for one); the guest's reconciler fills in what is null.
 */
export interface NicTable {
  id: Generated<Id>
  guest: Id | null
  router: Id | null
  /** Set exactly when the role is guest. */
  network: Id | null
  /** Set exactly when the role is public. */
  public_ip: Id | null
  /** `link`: on which the two routers of a VPC hear each other. */
  role: 'control' | 'guest' | 'public' | 'private' | 'link'
  /** Set exactly when the role is private. */
  private_gateway: Id | null
  /** The machine has been given it. */
  plugged: Generated<boolean>
  /** It is to be unplugged, then its row goes. */
  leaving: Generated<boolean>
  /** 0 is eth0; of guests the default nic. */
  device: number
  mac: string | null
  /** Unique in its network while the row lives. */
  address: string | null
  gateway: string | null
  netmask: string | null
  /** Revision of the network from which on its router knows this nic. */
  revision: Generated<number>
  dhcp_options: ColumnType<NicDhcpOption[], string | undefined, string>
  /** Of guests, one that was asked for; of routers, from the pool of the range. */
  address6: string | null
}

/** The jobs that clients poll; pg-boss only wakes the reconcilers. */
export interface AsyncJobTable {
  id: Generated<Id>
  cmd: string
  /** Kind and id of what is reconciled, and the revision at which the job is done. */
  target_kind: 'host' | 'router' | 'guest' | 'network' | 'vpc' | 'removal' | 'none'
  /** With `none`, what the command made or changed in its own transaction: such a job is done at once. */
  target: Id
  /** What the command made or changed, when that is not the target: a rule of a network. */
  instance: Id | null
  /** Of the target when the job was made; for people, since reconcilers complete the jobs they saw with the state. */
  revision: number
  /** The password that it gave to a guest, by its id. */
  password: Id | null
  /** The image whose firmware it asked for in routers that run; null: none. */
  firmware: string | null
  /** With `none`, who works on it; null when it was done at once. */
  manager: Id | null
  /** 0 running, 1 done, 2 failed, 3 cancelled. */
  jobstatus: Generated<number>
  jobresultcode: Generated<number>
  jobresult: Json<Record<string, unknown>> | null
  jobinstancetype: string | null
  created: Created
  completed: Date | null
  /** Whose call it was. */
  account: Generated<Id>
  cloud_user: Generated<Id>
}

/** Targets whose last attempt failed; no row: none failed since it last converged. */
export interface BackoffTable {
  kind: 'host' | 'router' | 'guest' | 'network' | 'vpc' | 'removal'
  target: Id
  failures: number
  retry_at: Date
  /** Stable code of the last error. */
  code: string
  /** Revision that failed: of the guest, or of the network or VPC that it is or serves. */
  revision: Generated<number>
  failed_at: Generated<Date>
}

/** Hosts that have a network's bridge, joined with all its other hosts. */
export interface NetworkHostTable {
  network: Id
  host: Id
}

export interface ConfigurationTable {
  name: string
  value: string
}

export interface Database {
  zone: ZoneTable
  physical_network: PhysicalNetworkTable
  traffic_type: TrafficTypeTable
  network_service_provider: NetworkServiceProviderTable
  pod: PodTable
  cluster: ClusterTable
  tally: TallyTable
  host: HostTable
  host_seen: HostSeenTable
  vlan_range: VlanRangeTable
  public_ip: PublicIpTable
  service_offering: ServiceOfferingTable
  network_offering: NetworkOfferingTable
  template: TemplateTable
  network: NetworkTable
  router: RouterTable
  guest: GuestTable
  nic: NicTable
  async_job: AsyncJobTable
  backoff: BackoffTable
  network_host: NetworkHostTable
  configuration: ConfigurationTable
  manager: ManagerTable
  fence: FenceTable
  former_host: FormerHostTable
  left_behind: LeftBehindTable
  vpc_offering: VpcOfferingTable
  vpc: VpcTable
  vpc_link: VpcLinkTable
  vpc_link_host: VpcLinkHostTable
  router_network: RouterNetworkTable
  private_gateway: PrivateGatewayTable
  static_route: StaticRouteTable
  network_acl_list: NetworkAclListTable
  network_acl: NetworkAclTable
  firewall_rule: FirewallRuleTable
  ip_rule: IpRuleTable
  port_forwarding: PortForwardingTable
  load_balancer_rule: LoadBalancerRuleTable
  load_balancer_member: LoadBalancerMemberTable
  stickiness_policy: StickinessPolicyTable
  healthcheck_policy: HealthCheckPolicyTable
  ssl_cert: SslCertTable
  load_balancer_cert: LoadBalancerCertTable
  user_data: UserDataTable
  ssh_keypair: SshKeypairTable
  nic_secondary_ip: NicSecondaryIpTable
  ipv6_prefix: Ipv6PrefixTable
  as_number: AsNumberTable
  asn_range: AsnRangeTable
  bgp_peer: BgpPeerTable
  bgp_peer_scope: BgpPeerScopeTable
  guest_subnet: GuestSubnetTable
  netboot: NetbootTable
  router_traffic: RouterTrafficTable
  router_traffic_read: RouterTrafficReadTable
  traffic: TrafficTable
  zone_subnet: ZoneSubnetTable
  storage_pool: StoragePoolTable
  storage_pools: StoragePoolView
  image_store: ImageStoreTable
  disk_offering: DiskOfferingTable
  affinity_group: AffinityGroupTable
  affinity_member: AffinityMemberTable
  instance_group: InstanceGroupTable
  domain: DomainTable
  role: RoleTable
  role_permission: RolePermissionTable
  account: AccountTable
  cloud_user: CloudUserTable
  project: ProjectTable
  project_account: ProjectAccountTable
  session: SessionTable
  security_group: SecurityGroupTable
  security_group_rule: SecurityGroupRuleTable
  security_group_member: SecurityGroupMemberTable
  resource_limit: ResourceLimitTable
  login_attempt: LoginAttemptTable
  removal: RemovalTable
  command_event: CommandEventTable
  event: EventTable
  alert: AlertTable
  resource_tag: ResourceTagTable
  resource_detail: ResourceDetailTable
  configuration_scoped: ConfigurationScopedTable
  record_task: RecordTaskTable
  usage_log: UsageLogTable
  usage_period: UsagePeriodTable
  usage_record: UsageRecordTable
  vpn_authority: VpnAuthorityTable
  remote_access_certificate: RemoteAccessCertificateTable
  remote_access_l2tp: RemoteAccessL2tpTable
  remote_access_vpn: RemoteAccessVpnTable
  remote_access_wireguard: RemoteAccessWireGuardTable
  wireguard_peer: WireGuardPeerTable
  vpn_user: VpnUserTable
  vpn_user_revision: VpnUserRevisionTable
  vpn_connection: VpnConnectionTable
  vpn_customer_gateway: VpnCustomerGatewayTable
  vpn_gateway: VpnGatewayTable
}

export type { NetworkAclListTable, NetworkAclTable } from './schema/acl.ts'
export type { AffinityGroupTable } from './schema/affinity.ts'
export type { IpRuleTable } from './schema/iprule.ts'
export type { ManagerTable } from './schema/manager.ts'
export type { DiskOfferingTable, ServiceOfferingTable } from './schema/offering.ts'
export type {
  PrivateGatewayTable,
  RouterNetworkTable,
  StaticRouteTable,
  VpcLinkTable,
  VpcOfferingTable,
  VpcTable,
} from './schema/vpc.ts'
