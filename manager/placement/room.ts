import { type Kysely, type RawBuilder, sql } from 'kysely'
import { CPU_OVERCOMMIT } from '../model/capacity.ts'
import type { Database } from '../model/database.ts'
import { allocated } from '../model/host.ts'
import { anywhere, type Page } from '../model/page.ts'
import { neighboursOf } from './affinity.ts'
import { clustersFor, fitting, type Need, placeable } from './host.ts'

type Cut = Pick<Page, 'limit' | 'offset'>

/** Of so many hosts per one that is wanted the page is cut first: most clouds are not full. */
const LOOKED_AT = 2

const asked = (need: Need, keyword: string | undefined) => sql`
  host.state = 'Up' and host.cpus >= ${need.cpus} and host.memory_mib > 0 and host.memory_mib >= ${need.memoryMiB}
  and ${keyword ? sql`host.name ilike ${anywhere(keyword)}` : sql`true`}`

/** Hosts of these ids. As an array they are found first and looked up one by one: a join would read all hosts. */
const among = (ids: RawBuilder<unknown>) => sql`(select * from host where id = any(array(${ids}))) host`

/** How many fit, and the smallest of them. */
const countFitting = (zone: string, need: Need, keyword: string | undefined): RawBuilder<unknown> => {
  const { on, avoid = [], tags = [], except } = need
  if (keyword || on !== undefined || avoid.length > 0 || tags.length > 0)
    return sql`select count(*)::int as count, min(cpus) as cpus, min(memory_mib) as memory
      from (${fitting(zone, need)}) host where ${asked(need, keyword)}`
  const strict = sql`select host from neighbour where type = 'host affinity'`
  const barred = sql`select host from neighbour where type = 'host anti-affinity' union select ${except ?? null}::uuid`
  // By cluster, from an index alone; then those few are taken off of which other machines speak.
  return sql`
    select case when exists (${strict})
      then (select count(*) from (${fitting(zone, need, among(strict))}) host where ${asked(need, undefined)})
      else sum(kind.hosts) - (select count(*) from (${placeable(zone, need, among(barred))}) host where ${asked(need, undefined)})
      end::int as count, min(cpus) as cpus, min(memory) as memory
    from (
      select cluster, count(*) as hosts, min(cpus) as cpus, min(memory_mib) as memory from host
      where state = 'Up' and resourcestate = 'Enabled' and cpus >= ${need.cpus}
        and memory_mib >= ${Math.max(need.memoryMiB, 1)}
      group by cluster) kind
    where kind.cluster in (${clustersFor(zone, need)})`
}

/** How many have room: all that fit, less those of them that are full, which sums tell without looking at the others. */
const countRoomy = async (db: Kysely<Database>, zone: string, need: Need, keyword: string | undefined) => {
  const { rows } = await sql<{ count: number }>`
    with neighbour as materialized (${neighboursOf(need.guest)}),
    all_that_fit as materialized (${countFitting(zone, need, keyword)}),
    -- What would fill the smallest host; and of whom the sums do not tell all.
    suspect as materialized (
      select tally.id from tally, all_that_fit
        where tally.what = 'host' and (tally.cpus + ${need.cpus} > all_that_fit.cpus * ${CPU_OVERCOMMIT}
          or tally.memory + ${need.memoryMiB} > all_that_fit.memory)
      union select id from tally_change where what = 'host')
    select coalesce((select count from all_that_fit), 0) - (
      select count(*)::int from (${fitting(zone, need, among(sql`select id from suspect`))}) host
      left join tally used on used.what = 'host' and used.id = host.id
      where ${asked(need, keyword)} and (${allocated('cpus')} + ${need.cpus} > host.cpus * ${CPU_OVERCOMMIT}
        or ${allocated('memory')} + ${need.memoryMiB} > host.memory_mib)) as count`.execute(db)
  return rows[0]?.count ?? 0
}

/** A page of them, of the first so many that fit in the order of lists, or of all. */
const pageOfRoomy = async (
  db: Kysely<Database>,
  zone: string,
  need: Need,
  keyword: string | undefined,
  { limit, offset, first }: Cut & { readonly first?: number },
) => {
  const cut = first === undefined ? sql`` : sql`order by created, id limit ${first}`
  const { rows } = await sql<{ id: string }>`
    with neighbour as materialized (${neighboursOf(need.guest)})
    select host.id from (${fitting(zone, need)} ${cut}) host
    left join tally used on used.what = 'host' and used.id = host.id
    where ${asked(need, keyword)} and ${allocated('cpus')} + ${need.cpus} <= host.cpus * ${CPU_OVERCOMMIT}
      and ${allocated('memory')} + ${need.memoryMiB} <= host.memory_mib
    order by host.created, host.id limit ${limit} offset ${offset}`.execute(db)
  return rows.map(({ id }) => id)
}

/**
 * Ids of a page of the hosts that have room now, as `chooseHost` judges each, in the order of lists; and how many have.
 * `begin` is told of ids that most likely are the page, while the hosts are still counted.
 */
export const hostsWithRoom = async (
  db: Kysely<Database>,
  zone: string,
  need: Need,
  { keyword, limit, offset }: Cut & { readonly keyword?: string | undefined },
  begin?: (ids: readonly string[]) => void,
): Promise<{ readonly count: number; readonly ids: readonly string[] }> => {
  const first = LOOKED_AT * (offset + limit)
  const readEarly = async (): Promise<readonly string[]> => {
    const ids = await pageOfRoomy(db, zone, need, keyword, { limit, offset, first })
    begin?.(ids)
    return ids
  }
  const [count, early] = await Promise.all([countRoomy(db, zone, need, keyword), readEarly()])
  const isWhole = early.length === Math.max(Math.min(limit, count - offset), 0)
  return { count, ids: isWhole ? early : await pageOfRoomy(db, zone, need, keyword, { limit, offset }) }
}
