import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { LoadBalancerLimits, LoadBalancerTimeouts } from '../../../model/schema/loadbalancer.ts'
import { settingsAt } from '../../../model/settings/index.ts'
import type { RouterBase } from '../base.ts'
import type { Secrets } from './part.ts'

export interface RuleRow {
  readonly id: string
  readonly network: string
  /** The public address; null: an internal rule. */
  readonly address: string | null
  readonly source_network: string | null
  readonly source_address: string | null
  readonly protocol: 'tcp' | 'udp' | 'tcp-proxy' | 'http' | 'ssl'
  readonly algorithm: 'roundrobin' | 'leastconn' | 'source'
  readonly public_port: number
  readonly private_port: number
  readonly cidrs: string[]
  readonly limits: LoadBalancerLimits
  readonly timeouts: LoadBalancerTimeouts
  readonly method: 'LbCookie' | 'AppCookie' | 'SourceBased' | null
  readonly params: Readonly<Record<string, string>> | null
  readonly check: {
    readonly kind: 'none' | 'tcp' | 'http' | 'icmp' | 'udp'
    readonly path: string | null
    readonly codes: string | null
    readonly port: number | null
    readonly timeout: number
    readonly interval: number
    readonly healthy: number
    readonly unhealthy: number
  } | null
}

/** A member whose guest runs, or is about to. */
export interface MemberRow {
  readonly rule: string
  readonly nic: string
  /** One of the nic's further addresses with its id; null: the nic's own. */
  readonly secondary: string | null
  readonly address: string | null
}

export interface StatisticsSettings {
  readonly visibility: string
  readonly uri: string
  readonly port: number
  /** `user:password`; empty: nobody. */
  readonly auth: string
}

export interface LoadBalancerRows {
  readonly rules: readonly RuleRow[]
  readonly members: readonly MemberRow[]
  readonly assigned: readonly { readonly rule: string; readonly cert: string }[]
  readonly certificates: readonly { readonly id: string; readonly chain: string; readonly key: string }[]
  readonly statistics: StatisticsSettings
  readonly maxConnections: number
  /** Longest silence of either side in milliseconds; 0: the router's own default. */
  readonly idleMs: number
}

const readRules = async (db: Kysely<Database>, networks: readonly string[]): Promise<readonly RuleRow[]> => {
  const { rows } = await sql<RuleRow>`
    select rule.id, rule.network, host(public_ip.address) as address, rule.source_network,
           host(rule.source_address) as source_address, rule.protocol, rule.algorithm, rule.public_port,
           rule.private_port, rule.cidrs, rule.limits, rule.timeouts, stickiness.method, stickiness.params,
           to_jsonb(healthcheck) as check
    from load_balancer_rule rule
    left join ip_rule on ip_rule.id = rule.ip_rule
    left join public_ip on public_ip.id = ip_rule.public_ip
    left join stickiness_policy stickiness on stickiness.rule = rule.id
    left join healthcheck_policy healthcheck on healthcheck.rule = rule.id
    where rule.network = any(${[...networks]}::uuid[])
    order by rule.id`.execute(db)
  return rows
}

const readMembers = async (db: Kysely<Database>, rules: readonly string[]): Promise<readonly MemberRow[]> => {
  const { rows } = await sql<MemberRow>`
    select member.rule, member.nic, member.secondary, host(further.address) as address
    from load_balancer_member member
    left join nic_secondary_ip further on further.id = member.secondary
    join nic on nic.id = member.nic
    join guest on guest.id = nic.guest
    where member.rule = any(${[...rules]}::uuid[]) and guest.desired = 'Running'
    order by member.rule, guest.number, nic.device, further.address nulls first`.execute(db)
  return rows
}

const readCertificates = async (db: Kysely<Database>, rules: readonly string[], secrets: Secrets) => {
  const { rows: assigned } = await sql<{ rule: string; cert: string }>`
    select rule, cert from load_balancer_cert where rule = any(${[...rules]}::uuid[])
    order by rule, position`.execute(db)
  const { rows } = await sql<{ id: string; certificate: string; chain: string | null; private_key: string }>`
    select id, certificate, chain, private_key from ssl_cert
    where id = any(${assigned.map(({ cert }) => cert)}::uuid[])
    order by id`.execute(db)
  const certificates = rows.map(({ id, certificate, chain, private_key: sealed }) => ({
    id,
    chain: `${certificate}${chain ?? ''}`,
    key: secrets.unseal(`sslcert/${id}`, sealed),
  }))
  return { assigned, certificates }
}

const AUTH = 'network.loadbalancer.haproxy.stats.auth'

const readStatistics = async (db: Kysely<Database>, secrets: Secrets) => {
  const set = await settingsAt(db, [
    AUTH,
    'network.loadbalancer.haproxy.idle.timeout',
    'network.loadbalancer.haproxy.max.conn',
    'network.loadbalancer.haproxy.stats.port',
    'network.loadbalancer.haproxy.stats.uri',
    'network.loadbalancer.haproxy.stats.visibility',
  ])
  const auth = set[AUTH]
  return {
    statistics: {
      visibility: set['network.loadbalancer.haproxy.stats.visibility'],
      uri: set['network.loadbalancer.haproxy.stats.uri'],
      port: Number(set['network.loadbalancer.haproxy.stats.port']),
      auth: auth === '' ? '' : secrets.unseal(`configuration/${AUTH}`, auth),
    },
    maxConnections: Number(set['network.loadbalancer.haproxy.max.conn']),
    idleMs: Number(set['network.loadbalancer.haproxy.idle.timeout']),
  }
}

export const readLoadBalancer = async (
  db: Kysely<Database>,
  base: RouterBase,
  secrets: Secrets,
): Promise<LoadBalancerRows> => {
  const rules = await readRules(
    db,
    base.networks.map(({ id }) => id),
  )
  const ids = rules.map(({ id }) => id)
  return {
    rules,
    members: await readMembers(db, ids),
    ...(await readCertificates(db, ids, secrets)),
    ...(await readStatistics(db, secrets)),
  }
}
