import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../schema.ts'
import { BYTES_RECEIVED, BYTES_SENT } from './types.ts'

/** Of two managers that add up at once, one waits. */
const hold = (trx: Transaction<Database>) => sql`select pg_advisory_xact_lock(hashtext('sysvm usage'))`.execute(trx)

/**
 * The next period: where the last one ended, up to the next multiple of `minutes`, UTC. None while it is not over, nor
 * while a transaction is under way that began within it: what that one logs must not come too late.
 */
const nextPeriod = async (trx: Transaction<Database>, minutes: number, until: Date) => {
  const { rows } = await sql<{ start: Date; end: Date; free: boolean }>`
    with known as (
      select coalesce(
        (select max(end_date) from usage_period),
        (select to_timestamp(floor(extract(epoch from least(
          (select min(at) from usage_log), (select min(hour) from usage_bytes))) / ${minutes * 60}) * ${minutes * 60}))
      ) as start
    ), period as (
      select start, to_timestamp((floor(extract(epoch from start) / ${minutes * 60}) + 1) * ${minutes * 60}) as end from known
    )
    select period.start, period.end, not exists (
      select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and backend_xid is not null and xact_start < period.end) as free
    from period where period.start is not null and period.end <= least(${until}, clock_timestamp())`.execute(trx)
  return rows[0]
}

/** What was there within the period, by whose it was and how big: hours. A thing of another size is another record. */
const addHours = (trx: Transaction<Database>, start: Date, end: Date) =>
  sql`
  with span as (
    select type, resource, account, zone, present, facts, at,
           lead(at, 1, 'infinity') over (partition by type, resource order by seq) as until
    from usage_log where at < ${end}
  )
  insert into usage_record (type, resource, account, zone, start_date, end_date, raw, facts)
  select type, resource, account, zone, ${start}, ${end},
         sum(extract(epoch from least(until, ${end}) - greatest(at, ${start}))) / 3600, facts
  from span where present and until > ${start}
  group by type, resource, account, zone, facts`.execute(trx)

const addBytes = (trx: Transaction<Database>, start: Date, end: Date) =>
  sql`
  insert into usage_record (type, resource, account, zone, start_date, end_date, raw, facts)
  select kind.type, resource, account, zone, ${start}, ${end},
         sum(case kind.type when ${BYTES_SENT} then sent else received end),
         jsonb_build_object(case when vpc then 'vpc' else 'network' end, resource)
  from usage_bytes, (values (${BYTES_SENT}::int), (${BYTES_RECEIVED}::int)) kind (type)
  where hour >= ${start} and hour < ${end}
  group by kind.type, resource, account, zone, vpc`.execute(trx)

/** Adds up one more period, all of it in one transaction; false when there is none to add up. */
const addPeriod = (db: Kysely<Database>, minutes: number, until: Date): Promise<boolean> =>
  db.transaction().execute(async (trx) => {
    await hold(trx)
    const period = await nextPeriod(trx, minutes, until)
    if (period === undefined || !period.free) return false
    const { start, end } = period
    await trx.insertInto('usage_period').values({ start_date: start, end_date: end }).execute()
    await addHours(trx, start, end)
    await addBytes(trx, start, end)
    return true
  })

/** Adds up all periods of `minutes` that are over and end by then, each once. Returns how many. */
export const aggregateUsage = async (db: Kysely<Database>, minutes: number, until = new Date()): Promise<number> => {
  for (let periods = 0; ; periods++) if (!(await addPeriod(db, minutes, until))) return periods
}

/** Deletes what periods were added up from so many days ago; what a thing is now always stays. */
export const forgetUsageLog = async (db: Kysely<Database>, days: number): Promise<void> => {
  const edge = sql<Date>`least(now() - make_interval(days => ${days}), (select max(end_date) from usage_period))`
  await sql`
    delete from usage_log old where at < ${edge} and (
      exists (select from usage_log later
        where later.type = old.type and later.resource = old.resource and later.seq > old.seq and later.at < ${edge})
      or (not present and not exists (select from usage_log later
        where later.type = old.type and later.resource = old.resource and later.seq > old.seq)))`.execute(db)
  await sql`delete from usage_bytes where hour < ${edge}`.execute(db)
}
