import type { ColumnType, Generated } from 'kysely'

/** CloudStack's UUIDs are the primary keys; instance names use the small `number` columns. */
type Id = string
type Created = Generated<Date>
type Json<T> = ColumnType<T, string, string>

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

/** Who serves a physical network's guests; made with the physical network, one row named VirtualRouter. */
export interface NetworkServiceProviderTable {
  id: Generated<Id>
  physical_network: Id
  name: 'VirtualRouter'
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

export interface ClusterTable {
  id: Generated<Id>
  pod: Id
  name: string
  hypervisor: 'KVM' | 'Container'
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
  resourcestate: Generated<'Enabled' | 'Disabled' | 'Maintenance'>
  /** Why it is not Up. */
  reason: string | null
  facts: Json<Record<string, unknown>> | null
  cpus: Generated<number>
  memory_mib: Generated<number>
  last_seen: Date | null
  created: Created
}

export interface VlanRangeTable {
  id: Generated<Id>
  zone: Id
  physical_network: Id
  vlan: string
  gateway: string
  netmask: string
  startip: string
  endip: string
  created: Created
}

/** One row per address of every range; a row's `network` or null says who has it. */
export interface PublicIpTable {
  id: Generated<Id>
  range: Id
  address: string
  /** Taken by this network; null: free. */
  network: Id | null
  is_source_nat: Generated<boolean>
  allocated: Date | null
}

export interface ServiceOfferingTable {
  id: Generated<Id>
  name: string
  displaytext: string
  cpunumber: number
  cpuspeed: number
  memory: number
  issystem: Generated<boolean>
  created: Created
}

export interface NetworkOfferingTable {
  id: Generated<Id>
  name: string
  displaytext: string
  guestiptype: 'Isolated'
  /** Services with their providers: `{"Dhcp":["VirtualRouter"]}`. */
  services: Json<Record<string, string[]>>
  egressdefaultpolicy: Generated<boolean>
  state: Generated<'Enabled' | 'Disabled'>
  isdefault: Generated<boolean>
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
}

export interface NetworkTable {
  id: Generated<Id>
  zone: Id
  physical_network: Id
  offering: Id
  name: string
  displaytext: string
  cidr: string
  gateway: string
  networkdomain: string
  /** VXLAN network identifier, unique in its physical network. */
  vni: number
  state: Generated<'Allocated' | 'Implementing' | 'Implemented' | 'Shutdown' | 'Destroy'>
  /** Raised by everything that changes the router's spec. */
  revision: Generated<number>
  removed: Date | null
  created: Created
}

export interface RouterTable {
  id: Generated<Id>
  /** For the instance name r-NUMBER-VM. */
  number: Generated<number>
  network: Id
  host: Id | null
  /** Link-local control address, unique in the zone. */
  linklocal: string
  /** Sealed or PEM; never leaves the database but to the machine. */
  host_key_private: string
  host_key_public: string
  image: string | null
  desired: Generated<'Running' | 'Stopped' | 'Destroyed'>
  state: Generated<'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'Error' | 'Destroyed'>
  reason: string | null
  /** Raised to make the machine restart once. */
  reboots_wanted: Generated<number>
  reboots_done: Generated<number>
  /** Generation last confirmed by the machine and the network revision it holds. */
  generation: Generated<number>
  revision: Generated<number>
  spec_sha256: string | null
  created: Created
}

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
  userdata: string | null
  desired: Generated<'Running' | 'Stopped' | 'Destroyed' | 'Expunged'>
  state: Generated<'Starting' | 'Running' | 'Stopping' | 'Stopped' | 'Destroyed' | 'Expunging' | 'Error'>
  reason: string | null
  reboots_wanted: Generated<number>
  reboots_done: Generated<number>
  revision: Generated<number>
  created: Created
}

/** Nics of guests and routers; exactly one of `guest` and `router` is set. */
export interface NicTable {
  id: Generated<Id>
  guest: Id | null
  router: Id | null
  network: Id | null
  role: 'control' | 'guest' | 'public'
  device: number
  mac: string
  /** Unique in its network while the row lives. */
  address: string
  gateway: string | null
  netmask: string
}

/** The jobs that clients poll; pg-boss only wakes the reconcilers. */
export interface AsyncJobTable {
  id: Generated<Id>
  cmd: string
  /** Kind and id of what is reconciled, and the revision at which the job is done. */
  target_kind: 'host' | 'router' | 'guest' | 'network' | 'none'
  /** With `none`, what the command made or changed in its own transaction: such a job is done at once. */
  target: Id
  revision: number
  /** 0 running, 1 done, 2 failed. */
  jobstatus: Generated<number>
  jobresultcode: Generated<number>
  jobresult: Json<Record<string, unknown>> | null
  jobinstancetype: string | null
  created: Created
  completed: Date | null
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
  host: HostTable
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
  configuration: ConfigurationTable
}
