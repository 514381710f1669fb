import { type Kysely, sql } from 'kysely'
import type { Database } from '../../model/database.ts'

/** Rows of one statement: others write events meanwhile, and none of them should wait for long. */
const BATCH = 10_000

/** Events that are older than so many days, archived ones too; 0 days: never. Returns how many. */
export const purgeEvents = async (db: Kysely<Database>, days: number): Promise<number> => {
  if (days === 0) return 0
  for (let purged = 0; ; ) {
    const { numAffectedRows = 0n } = await sql`
      delete from event where id in (
        select id from event where created < now() - make_interval(days => ${days}) order by created limit ${BATCH})`.execute(
      db,
    )
    purged += Number(numAffectedRows)
    if (numAffectedRows < BATCH) return purged
  }
}

/** Alerts that are over, or were put aside, and are older than so many days; 0 days: never. */
export const purgeAlerts = async (db: Kysely<Database>, days: number): Promise<void> => {
  if (days > 0)
    await sql`delete from alert
      where (archived or resolved is not null) and sent < now() - make_interval(days => ${days})`.execute(db)
}
