import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

export interface UpOfAll {
  readonly id: string
  readonly up: number
  readonly all: number
}

type ById = ReadonlyMap<string, UpOfAll>

const byId = (rows: readonly UpOfAll[]): ById => new Map(rows.map((row) => [row.id, row]))

/** Guests, or routers, of hosts: how many run, and how many there are. */
export const machinesOf = async (
  db: Kysely<Database>,
  kind: 'guest' | 'router',
  hosts: readonly string[],
): Promise<ById> => {
  const { rows } = await sql<UpOfAll>`
    select host as id, count(*) filter (where state = 'Running')::int as up, count(*)::int as "all"
    from ${sql.table(kind)} where host = any(${[...hosts]}::uuid[]) group by host`.execute(db)
  return byId(rows)
}

/** Hosts of clusters: how many are up, and how many there are. */
export const hostsOf = async (db: Kysely<Database>, clusters: readonly string[]): Promise<ById> => {
  const { rows } = await sql<UpOfAll>`
    select cluster as id, count(*) filter (where state = 'Up')::int as up, count(*)::int as "all"
    from host where cluster = any(${[...clusters]}::uuid[]) and state <> 'Removed' group by cluster`.execute(db)
  return byId(rows)
}

/** Clusters of zones: how many are enabled, and how many there are. */
export const clustersOf = async (db: Kysely<Database>, zones: readonly string[]): Promise<ById> => {
  const { rows } = await sql<UpOfAll>`
    select pod.zone as id, count(*) filter (where cluster.allocationstate = 'Enabled')::int as up,
      count(*)::int as "all"
    from cluster join pod on pod.id = cluster.pod where pod.zone = any(${[...zones]}::uuid[])
    group by pod.zone`.execute(db)
  return byId(rows)
}

const COUNTED = {
  zones: 'zone',
  pods: 'pod',
  clusters: 'cluster',
  hosts: 'host',
  imagestores: 'image_store',
  routers: 'router',
  managementservers: 'manager',
  alerts: 'alert',
} as const

const isCounted: Readonly<Partial<Record<keyof typeof COUNTED, string>>> = {
  hosts: "state <> 'Removed'",
  managementservers: "state = 'Up'",
  alerts: 'not archived',
}

export type Infrastructure = Readonly<Record<keyof typeof COUNTED, number>>

/** How many of each there are. */
export const countInfrastructure = async (db: Kysely<Database>): Promise<Infrastructure> => {
  const counts = Object.entries(COUNTED).map(([name, table]) => {
    const where = sql.raw(isCounted[name as keyof Infrastructure] ?? 'true')
    return sql`(select count(*)::int from ${sql.table(table)} where ${where}) as ${sql.ref(name)}`
  })
  const { rows } = await sql<Infrastructure>`select ${sql.join(counts)}`.execute(db)
  return rows[0] as Infrastructure
}

export interface DatabaseFigures {
  readonly collected: Date
  readonly host: string | null
  readonly version: string
  readonly comment: string
  readonly connections: number
  /** Seconds. */
  readonly uptime: number
}

/** What PostgreSQL says of itself. */
export const readDatabaseFigures = async (db: Kysely<Database>): Promise<DatabaseFigures> => {
  const { rows } = await sql<DatabaseFigures>`
    select now() as collected, host(inet_server_addr()) as host, current_setting('server_version') as version,
      version() as comment, extract(epoch from now() - pg_postmaster_start_time())::int as uptime,
      (select count(*)::int from pg_stat_activity where datname = current_database()) as connections`.execute(db)
  return rows[0] as DatabaseFigures
}
