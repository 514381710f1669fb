import { type RawBuilder, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Whose a row is, in SQL over that row. */
type Account = RawBuilder<string | null>

interface Ownership {
  /** What people call one. */
  readonly kind: string
  /**
   * `admins`: part of the cloud itself, which administrators of the whole cloud see alone. `everyone`: readable by all,
   * as offerings are. `domain`: who is of the domain or administers it. Else the account, as an expression; where that
   * is null, everyone sees it: a free address.
   */
  readonly owner: Account | 'admins' | 'everyone' | 'domain'
  /** Where the name is not the table's. */
  readonly from?: keyof Database
  /** The column that clients name it by; default: id. */
  readonly key?: string
}

/** Its own column. */
const own = (table: keyof Database): Account => sql`${sql.ref(`${table}.account`)}`

const ofNetwork = (column: string): Account => sql`(select account from network where id = ${sql.ref(column)})`
const ofVpc = (column: string): Account => sql`(select account from vpc where id = ${sql.ref(column)})`
const ofAddress = (column: string): Account => sql`(select account from public_ip where id = ${sql.ref(column)})`
const ofGuest = (column: string): Account => sql`(select account from guest where id = ${sql.ref(column)})`
const ofAclList = (column: string): Account => sql`(
  select vpc.account from network_acl_list join vpc on vpc.id = network_acl_list.vpc
  where network_acl_list.id = ${sql.ref(column)})`
const ofBalancer = (column: string): Account => sql`(
  select network.account from load_balancer_rule join network on network.id = load_balancer_rule.network
  where load_balancer_rule.id = ${sql.ref(column)})`

const rows = {
  account: { kind: 'account', owner: sql`account.id` },
  affinity_group: { kind: 'affinity group', owner: own('affinity_group') },
  asn_range: { kind: 'range of AS numbers', owner: 'admins' },
  async_job: { kind: 'job', owner: own('async_job') },
  bgp_peer: { kind: 'BGP peer', owner: 'admins' },
  cloud_user: { kind: 'user', owner: own('cloud_user') },
  cluster: { kind: 'cluster', owner: 'admins' },
  domain: { kind: 'domain', owner: 'domain' },
  element: { kind: 'element', owner: 'admins', from: 'network_service_provider', key: 'element' },
  firewall_rule: { kind: 'firewall rule', owner: ofNetwork('firewall_rule.network') },
  disk_offering: { kind: 'disk offering', owner: 'everyone' },
  guest: { kind: 'guest', owner: own('guest') },
  guest_subnet: { kind: 'IPv4 subnet', owner: 'admins' },
  healthcheck_policy: { kind: 'health check policy', owner: ofBalancer('healthcheck_policy.rule') },
  host: { kind: 'host', owner: 'admins' },
  instance_group: { kind: 'instance group', owner: own('instance_group') },
  ip_rule: { kind: 'IP forwarding rule', owner: ofAddress('ip_rule.public_ip') },
  ipv6_prefix: { kind: 'IPv6 prefix', owner: 'everyone' },
  load_balancer_rule: { kind: 'load balancer rule', owner: ofNetwork('load_balancer_rule.network') },
  network: { kind: 'network', owner: own('network') },
  network_acl: { kind: 'network ACL item', owner: ofAclList('network_acl.list') },
  // The default lists have no VPC, and everyone's tiers can have them.
  network_acl_list: { kind: 'network ACL list', owner: ofVpc('network_acl_list.vpc') },
  network_offering: { kind: 'network offering', owner: 'everyone' },
  network_service_provider: { kind: 'network service provider', owner: 'admins' },
  nic: {
    kind: 'nic of a guest',
    owner: sql`coalesce(${ofGuest('nic.guest')}, (select coalesce(network.account, vpc.account) from router
      left join network on network.id = router.network left join vpc on vpc.id = router.vpc
      where router.id = nic.router))`,
  },
  nic_secondary_ip: {
    kind: 'further address',
    owner: sql`(select guest.account from nic join guest on guest.id = nic.guest where nic.id = nic_secondary_ip.nic)`,
  },
  physical_network: { kind: 'physical network', owner: 'everyone' },
  pod: { kind: 'pod', owner: 'admins' },
  port_forwarding: {
    kind: 'port forwarding rule',
    owner: sql`(select public_ip.account from ip_rule join public_ip on public_ip.id = ip_rule.public_ip
      where ip_rule.id = port_forwarding.id)`,
  },
  private_gateway: { kind: 'private gateway', owner: ofVpc('private_gateway.vpc') },
  project: { kind: 'project', owner: own('project') },
  public_ip: { kind: 'public address', owner: own('public_ip') },
  role: { kind: 'role', owner: 'everyone' },
  role_permission: { kind: 'rule of a role', owner: 'everyone' },
  router: {
    kind: 'router',
    owner: sql`coalesce(${ofNetwork('router.network')}, ${ofVpc('router.vpc')})`,
  },
  service_offering: { kind: 'service offering', owner: 'everyone' },
  ssh_keypair: { kind: 'SSH key pair', owner: own('ssh_keypair') },
  ssl_cert: { kind: 'certificate', owner: own('ssl_cert') },
  static_route: { kind: 'static route', owner: ofVpc('static_route.vpc') },
  stickiness_policy: { kind: 'stickiness policy', owner: ofBalancer('stickiness_policy.rule') },
  template: { kind: 'template', owner: 'everyone' },
  traffic_type: { kind: 'traffic type', owner: 'admins' },
  user_data: { kind: 'user data', owner: own('user_data') },
  vlan_range: { kind: 'range', owner: 'admins' },
  vpc: { kind: 'VPC', owner: own('vpc') },
  vpc_offering: { kind: 'VPC offering', owner: 'everyone' },
  zone: { kind: 'zone', owner: 'everyone' },
  zone_subnet: { kind: 'IPv4 subnet', owner: 'admins' },
} as const satisfies Readonly<Record<string, Ownership>>

/** What clients name by id; mostly a table. */
export type Named = keyof typeof rows

const ownership: Readonly<Record<Named, Ownership>> = rows

export const kinds = Object.fromEntries(Object.entries(ownership).map(([name, { kind }]) => [name, kind])) as Readonly<
  Record<Named, string>
>

/** Who sees a row whose account says nothing: an expression of the account decides alone. */
export const openTo = (name: Named): 'account' | 'admins' | 'everyone' | 'domain' => {
  const { owner } = ownership[name]
  return typeof owner === 'string' ? owner : 'account'
}

export const tableOf = (name: Named): { readonly from: keyof Database; readonly key: string } => {
  const { from = name as keyof Database, key = 'id' } = ownership[name]
  return { from, key }
}

/** Id of the account that a row belongs to, in SQL over the table; null where it belongs to none. */
export const accountExpression = (name: Named): RawBuilder<string | null> => {
  const { owner } = ownership[name]
  return typeof owner === 'string' ? sql<string | null>`null::uuid` : sql<string | null>`(${owner})::text`
}
