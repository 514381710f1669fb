import { type Kysely, sql } from 'kysely'
import type { Database } from '../../model/database.ts'
import { settingsAt } from '../../model/settings/index.ts'
import { aggregateUsage, forgetUsageLog } from '../../model/usage/aggregate.ts'
import { watchCapacity } from './capacity.ts'
import { purgeAlerts, purgeEvents } from './purge.ts'

/** Seconds between two looks for periods of usage that are over. */
const USAGE_SECONDS = 3600

type Task = 'capacity' | 'purge' | 'usage'

/** Those of the tasks whose time has come, each for one manager: the moment is written down first. */
const claimDue = async (db: Kysely<Database>, seconds: Readonly<Record<Task, number>>): Promise<readonly Task[]> => {
  const tasks = Object.entries(seconds).map(([name, every]) => ({ name, every }))
  const { rows } = await sql<{ name: Task }>`
    insert into record_task as task (name, done)
    select name, now() from jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb) as wanted (name text, every float8)
    where not exists (select from record_task known
      where known.name = wanted.name and known.done > now() - make_interval(secs => every))
    on conflict (name) do update set done = excluded.done where task.done <= excluded.done - make_interval(secs => (
      select every from jsonb_to_recordset(${JSON.stringify(tasks)}::jsonb) as wanted (name text, every float8)
      where wanted.name = task.name))
    returning name`.execute(db)
  return rows.map(({ name }) => name)
}

/** What the record needs from time to time: old events go, capacity is watched, usage is added up. */
export const keepRecord = async (db: Kysely<Database>): Promise<void> => {
  const set = await settingsAt(db, [
    'alert.purge.delay',
    'capacity.check.period',
    'event.purge.delay',
    'event.purge.interval',
    'usage.log.purge.delay',
    'usage.stats.job.aggregation.range',
  ])
  const due = await claimDue(db, {
    capacity: Number(set['capacity.check.period']) / 1000,
    purge: Number(set['event.purge.interval']),
    usage: USAGE_SECONDS,
  })
  if (due.includes('capacity')) await watchCapacity(db)
  if (due.includes('usage')) await aggregateUsage(db, Number(set['usage.stats.job.aggregation.range']))
  if (due.includes('purge')) {
    await purgeEvents(db, Number(set['event.purge.delay']))
    await purgeAlerts(db, Number(set['alert.purge.delay']))
    if (set['usage.log.purge.delay'] !== '0') await forgetUsageLog(db, Number(set['usage.log.purge.delay']))
  }
}
