import { type Kysely, sql } from 'kysely'
import { CPU_OVERCOMMIT } from '../model/capacity.ts'
import type { Database } from '../model/database.ts'
import { allocated } from '../model/host.ts'
import { anywhere, type Page } from '../model/page.ts'
import { neighboursOf } from './affinity.ts'
import { fitting, type Need } from './host.ts'

type Cut = Pick<Page, 'limit' | 'offset'>

/** Of so many hosts per one that is wanted the page is cut first: most clouds are not full. */
const LOOKED_AT = 4

const asked = (need: Need, keyword: string | undefined) => sql`
  host.state = 'Up' and host.cpus >= ${need.cpus} and host.memory_mib > 0 and host.memory_mib >= ${need.memoryMiB}
  and ${keyword ? sql`host.name ilike ${anywhere(keyword)}` : sql`true`}`

/** How many have room: all that fit, less those of them that are full, which sums tell without looking at the others. */
const countRoomy = async (db: Kysely<Database>, zone: string, need: Need, keyword: string | undefined) => {
  const { rows } = await sql<{ count: number }>`
    with neighbour as materialized (${neighboursOf(need.guest)}),
    all_that_fit as materialized (
      select count(*)::int as count, min(cpus) as cpus, min(memory_mib) as memory
      from (${fitting(zone, need)}) host where ${asked(need, keyword)}),
    -- What would fill the smallest host; and of whom the sums do not tell all.
    suspect as materialized (
      select tally.id from tally, all_that_fit
        where tally.what = 'host' and (tally.cpus + ${need.cpus} > all_that_fit.cpus * ${CPU_OVERCOMMIT}
          or tally.memory + ${need.memoryMiB} > all_that_fit.memory)
      union select id from tally_change where what = 'host')
    select (select count from all_that_fit) - (
      select count(*)::int from (${fitting(zone, need)}) host
      join suspect on suspect.id = host.id
      left join tally used on used.what = 'host' and used.id = host.id
      where ${asked(need, keyword)} and (${allocated('cpus')} + ${need.cpus} > host.cpus * ${CPU_OVERCOMMIT}
        or ${allocated('memory')} + ${need.memoryMiB} > host.memory_mib)) as count`.execute(db)
  return rows[0]?.count ?? 0
}

/** A page of them, of the first so many hosts in the order of lists, or of all. */
const pageOfRoomy = async (
  db: Kysely<Database>,
  zone: string,
  need: Need,
  keyword: string | undefined,
  { limit, offset, first }: Cut & { readonly first?: number },
) => {
  const from =
    first === undefined
      ? sql`host`
      : sql`(select * from host where state <> 'Removed' order by created, id limit ${first}) host`
  const { rows } = await sql<{ id: string }>`
    with neighbour as materialized (${neighboursOf(need.guest)})
    select host.id from (${fitting(zone, need, from)}) host
    left join tally used on used.what = 'host' and used.id = host.id
    where ${asked(need, keyword)} and ${allocated('cpus')} + ${need.cpus} <= host.cpus * ${CPU_OVERCOMMIT}
      and ${allocated('memory')} + ${need.memoryMiB} <= host.memory_mib
    order by host.created, host.id limit ${limit} offset ${offset}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Ids of a page of the hosts that have room now, as `chooseHost` judges each, in the order of lists; and how many have. */
export const hostsWithRoom = async (
  db: Kysely<Database>,
  zone: string,
  need: Need,
  { keyword, limit, offset }: Cut & { readonly keyword?: string | undefined },
): Promise<{ readonly count: number; readonly ids: readonly string[] }> => {
  const first = LOOKED_AT * (offset + limit)
  const [count, early] = await Promise.all([
    countRoomy(db, zone, need, keyword),
    pageOfRoomy(db, zone, need, keyword, { limit, offset, first }),
  ])
  const isWhole = early.length === Math.max(Math.min(limit, count - offset), 0)
  return { count, ids: isWhole ? early : await pageOfRoomy(db, zone, need, keyword, { limit, offset }) }
}
