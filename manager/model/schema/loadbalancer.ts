import type { ColumnType, Generated } from 'kysely'
import type { Created, Id, Json } from './columns.ts'

/** The balancer's own limits and timeouts, by the names of the router's spec. */
export interface LoadBalancerLimits {
  readonly maxConnections?: number
  readonly connectionsPerSource?: number
  readonly connectionRate?: Rate
  readonly requestRate?: Rate
}

export interface Rate {
  readonly count: number
  readonly seconds: number
}

/** Milliseconds. */
export type LoadBalancerTimeouts = Partial<
  Record<'connect' | 'client' | 'server' | 'queue' | 'httpRequest' | 'httpKeepAlive' | 'tunnel', number>
>

export interface LoadBalancerRuleTable {
  id: Generated<Id>
  scheme: 'Public' | 'Internal'
  /** Of a public rule the same as id; null for internal ones. */
  ip_rule: Id | null
  /** The network of its members. */
  network: Id
  /** Of an internal rule: the tier that has its address. */
  source_network: Id | null
  source_address: string | null
  name: string
  description: string | null
  protocol: 'tcp' | 'udp' | 'tcp-proxy' | 'http' | 'ssl'
  algorithm: 'roundrobin' | 'leastconn' | 'source'
  public_port: number
  private_port: number
  /** Who may connect; empty: everyone whom the firewall lets through. */
  cidrs: Generated<string[]>
  limits: ColumnType<LoadBalancerLimits, string | undefined, string>
  timeouts: ColumnType<LoadBalancerTimeouts, string | undefined, string>
  /** Revision of its network from which on the router has it as it is now. */
  revision: Generated<number>
  created: Created
}

export interface LoadBalancerMemberTable {
  rule: Id
  nic: Id
  /** One of the nic's further addresses; null: its own. */
  secondary: Id | null
  created: Created
}

export interface StickinessPolicyTable {
  id: Generated<Id>
  rule: Id
  name: string
  description: string | null
  method: 'LbCookie' | 'AppCookie' | 'SourceBased'
  /** As they were given, by CloudStack's names. */
  params: Json<Record<string, string>>
  created: Created
}

export interface HealthCheckPolicyTable {
  id: Generated<Id>
  rule: Id
  description: string | null
  kind: 'none' | 'tcp' | 'http' | 'icmp' | 'udp'
  /** Of http: what is asked for. */
  path: string | null
  /** HTTP statuses of a healthy member, `200-399`. */
  codes: string | null
  /** Another port than the members' own. */
  port: number | null
  /** Seconds. */
  timeout: number
  interval: number
  /** Checks in a row. */
  healthy: number
  unhealthy: number
  created: Created
}

export interface SslCertTable {
  id: Generated<Id>
  name: string
  /** PEM. */
  certificate: string
  chain: string | null
  /** PKCS #8 in PEM, sealed with the key file of the data directory (AES-256-GCM, base64). */
  private_key: string
  /** SHA-256 of the certificate, hex with colons. */
  fingerprint: string
  /** DNS names and addresses it is for. */
  names: Json<string[]>
  expires: Date
  created: Created
  /** Whose it is. */
  account: Generated<Id>
}

export interface LoadBalancerCertTable {
  rule: Id
  cert: Id
  /** The lowest answers clients that name no server. */
  position: number
}
