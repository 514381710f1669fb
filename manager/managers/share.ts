import { type Kysely, sql } from 'kysely'
import type { Database } from '../model/database.ts'
import { TERM_MS } from './lease.ts'

export interface Shared {
  readonly claimed: number
  readonly returned: number
}

/** Hosts that change hands in one statement: of tens of thousands none would be had before the answer is waited for in vain. */
export const MOST_AT_ONCE = 2000

/**
 * Takes or gives back hosts, so many at most, until this manager has no more and no less than its share of all. Whoever has too many gives
 * some back, whoever has too few takes those that nobody sees to and nobody else is taking. It holds its own row: whoever
 * is being declared dead, or may be, takes nothing.
 */
export const takeShare = async (db: Kysely<Database>, id: string, epoch: number): Promise<Shared> => {
  const { rows } = await sql<Shared>`
    with self as (
      select id from manager where id = ${id} and state = 'Up'
        and heartbeat > clock_timestamp() - make_interval(secs => ${TERM_MS / 1000}) for share),
    count as (
      select (select count(*)::int from host) as hosts,
             (select count(*)::int from host where manager = ${id}) as own,
             greatest(1, (select count(*)::int from manager where state = 'Up')) as managers),
    share as (select own, (hosts + managers - 1) / managers as fair from count),
    claimed as (
      update host set manager = ${id}, epoch = ${epoch}
      where id in (select host.id from host where exists (select from self)
          and (manager is null or manager in (select manager.id from manager where state = 'Down'))
        order by host.id
        limit (select least(${MOST_AT_ONCE}::int, greatest(0, fair - own)) from share) for update skip locked)
      returning id),
    returned as (
      update host set manager = null
      where id in (select host.id from host where manager = ${id} order by host.id desc
        limit (select least(${MOST_AT_ONCE}::int, greatest(0, own - fair)) from share) for update skip locked)
      returning id)
    select (select count(*)::int from claimed) as claimed, (select count(*)::int from returned) as returned`.execute(db)
  return rows[0] ?? { claimed: 0, returned: 0 }
}
