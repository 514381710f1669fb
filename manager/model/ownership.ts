import { type RawBuilder, sql } from 'kysely'
import { type Accounts, whether } from './among.ts'
import type { Database } from './schema.ts'

/** Whose a row is, in SQL over that row. */
interface Owner {
  /** The account's id, or null. */
  readonly account: RawBuilder<string | null>
  /** Whether it is one of these; so that an index finds the rows of few accounts. */
  readonly among: (accounts: readonly string[]) => RawBuilder<boolean>
}

interface Ownership {
  /** What people call one. */
  readonly kind: string
  /**
   * `admins`: part of the cloud itself, which administrators of the whole cloud see alone. `everyone`: readable by all,
   * as offerings are. `domain`: who is of the domain or administers it. Else the account, as an expression; where that
   * is null, everyone sees it: a free address.
   */
  readonly owner: Owner | 'admins' | 'everyone' | 'domain'
  /** Where the name is not the table's. */
  readonly from?: keyof Database
  /** The column that clients name it by; default: id. */
  readonly key?: string
}

/** One account is compared as such: then the order of an index serves as well. */
const isOneOf = (column: RawBuilder<string | null>, [first, ...others]: readonly string[]): RawBuilder<boolean> => {
  if (first === undefined) return sql<boolean>`false`
  return others.length === 0
    ? sql<boolean>`${column} = ${first}`
    : sql<boolean>`${column} = any(${[first, ...others]}::uuid[])`
}

const column = (account: RawBuilder<string | null>): Owner => ({
  account,
  among: (accounts) => isOneOf(account, accounts),
})

/** Its own column. */
const own = (table: keyof Database): Owner => column(sql.ref<string | null>(`${table}.account`))

/** That of the row which a column names. */
const through = (table: keyof Database, { account, among }: Owner, column: string): Owner => ({
  account: sql`(select ${account} from ${sql.table(table)} where ${sql.ref(`${table}.id`)} = ${sql.ref(column)})`,
  among: (accounts) =>
    sql`${sql.ref(column)} in (select ${sql.ref(`${table}.id`)} from ${sql.table(table)} where ${among(accounts)})`,
})

/** That of whichever of two is set. */
const either = (one: Owner, other: Owner): Owner => ({
  account: sql`coalesce(${one.account}, ${other.account})`,
  among: (accounts) => sql`(${one.among(accounts)} or ${other.among(accounts)})`,
})

const ofNetwork = (column: string): Owner => through('network', own('network'), column)
const ofVpc = (column: string): Owner => through('vpc', own('vpc'), column)
const ofAddress = (column: string): Owner => through('public_ip', own('public_ip'), column)
const ofGuest = (column: string): Owner => through('guest', own('guest'), column)
const ofAclList = (column: string): Owner => through('network_acl_list', ofVpc('network_acl_list.vpc'), column)
const ofBalancer = (column: string): Owner =>
  through('load_balancer_rule', ofNetwork('load_balancer_rule.network'), column)
const ofRouter = (column: string): Owner =>
  through('router', either(ofNetwork('router.network'), ofVpc('router.vpc')), column)

const rows = {
  alert: { kind: 'alert', owner: 'admins' },
  account: { kind: 'account', owner: column(sql.ref<string | null>('account.id')) },
  affinity_group: { kind: 'affinity group', owner: own('affinity_group') },
  asn_range: { kind: 'range of AS numbers', owner: 'admins' },
  manager: { kind: 'manager', owner: 'admins' },
  async_job: { kind: 'job', owner: own('async_job') },
  bgp_peer: { kind: 'BGP peer', owner: 'admins' },
  cloud_user: { kind: 'user', owner: own('cloud_user') },
  cluster: { kind: 'cluster', owner: 'admins' },
  domain: { kind: 'domain', owner: 'domain' },
  security_group: { kind: 'security group', owner: own('security_group') },
  security_group_rule: {
    kind: 'rule of a security group',
    owner: through('security_group', own('security_group'), 'security_group_rule.security_group'),
  },
  element: { kind: 'element', owner: 'admins', from: 'network_service_provider', key: 'element' },
  event: { kind: 'event', owner: own('event') },
  firewall_rule: { kind: 'firewall rule', owner: ofNetwork('firewall_rule.network') },
  disk_offering: { kind: 'disk offering', owner: 'everyone' },
  guest: { kind: 'guest', owner: own('guest') },
  guest_subnet: { kind: 'IPv4 subnet', owner: 'admins' },
  healthcheck_policy: { kind: 'health check policy', owner: ofBalancer('healthcheck_policy.rule') },
  host: { kind: 'host', owner: 'admins' },
  image_store: { kind: 'image store', owner: 'admins' },
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
  nic: { kind: 'nic of a guest', owner: either(ofGuest('nic.guest'), ofRouter('nic.router')) },
  nic_secondary_ip: {
    kind: 'further address',
    owner: through('nic', ofGuest('nic.guest'), 'nic_secondary_ip.nic'),
  },
  physical_network: { kind: 'physical network', owner: 'everyone' },
  pod: { kind: 'pod', owner: 'admins' },
  port_forwarding: {
    kind: 'port forwarding rule',
    owner: through('ip_rule', ofAddress('ip_rule.public_ip'), 'port_forwarding.id'),
  },
  private_gateway: { kind: 'private gateway', owner: ofVpc('private_gateway.vpc') },
  project: { kind: 'project', owner: own('project') },
  public_ip: { kind: 'public address', owner: own('public_ip') },
  remote_access_vpn: { kind: 'remote access VPN', owner: ofAddress('remote_access_vpn.public_ip') },
  role: { kind: 'role', owner: 'everyone' },
  role_permission: { kind: 'rule of a role', owner: 'everyone' },
  router: { kind: 'router', owner: either(ofNetwork('router.network'), ofVpc('router.vpc')) },
  service_offering: { kind: 'service offering', owner: 'everyone' },
  ssh_keypair: { kind: 'SSH key pair', owner: own('ssh_keypair') },
  ssl_cert: { kind: 'certificate', owner: own('ssl_cert') },
  static_route: { kind: 'static route', owner: ofVpc('static_route.vpc') },
  stickiness_policy: { kind: 'stickiness policy', owner: ofBalancer('stickiness_policy.rule') },
  storage_pools: { kind: 'storage pool', owner: 'admins' },
  template: { kind: 'template', owner: 'everyone' },
  traffic_type: { kind: 'traffic type', owner: 'admins' },
  user_data: { kind: 'user data', owner: own('user_data') },
  vlan_range: { kind: 'range', owner: 'admins' },
  vpc: { kind: 'VPC', owner: own('vpc') },
  vpc_offering: { kind: 'VPC offering', owner: 'everyone' },
  vpn_connection: {
    kind: 'VPN connection',
    owner: through('vpn_customer_gateway', own('vpn_customer_gateway'), 'vpn_connection.customer_gateway'),
  },
  vpn_customer_gateway: { kind: 'VPN customer gateway', owner: own('vpn_customer_gateway') },
  vpn_gateway: { kind: 'VPN gateway', owner: ofVpc('vpn_gateway.vpc') },
  vpn_user: { kind: 'VPN user', owner: own('vpn_user') },
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

const ownerOf = (name: Named): Owner | undefined => {
  const { owner } = ownership[name]
  return typeof owner === 'string' ? undefined : owner
}

/** Id of the account that a row belongs to, in SQL over the table; null where it belongs to none. */
export const accountOf = (name: Named): RawBuilder<string | null> => {
  const owner = ownerOf(name)
  return owner === undefined ? sql<string | null>`null::text` : sql<string | null>`(${owner.account})::text`
}

/** Whether a row belongs to one of the accounts, in SQL over the table. */
export const ownedBy = (name: Named, accounts: Accounts): RawBuilder<boolean> => {
  const owner = ownerOf(name)
  return owner === undefined ? sql<boolean>`true` : whether(accounts, owner.among)
}
