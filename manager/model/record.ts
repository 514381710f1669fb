import { type Kysely, sql } from 'kysely'
import { keepCommandEvents } from './event/index.ts'
import { keepThingFacts } from './event/things.ts'
import type { Database } from './schema.ts'
import { keepTagsOfAll } from './tag.ts'

/** What the record's triggers need of this code, after every migration. Managers that start together wait. */
export const keepRecordWhole = (db: Kysely<Database>): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('sysvm record'))`.execute(trx)
    await keepCommandEvents(trx)
    await keepThingFacts(trx)
    await keepTagsOfAll(trx)
  })
