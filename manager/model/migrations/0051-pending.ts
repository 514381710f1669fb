import { type Kysely, sql } from 'kysely'

// What was added last is in no order and is read by every search: of megabytes of it each takes tens of milliseconds.
const PENDING_KIB = 128

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const index of ['event_words', 'event_marks'])
    await sql.raw(`alter index ${index} set (gin_pending_list_limit = ${PENDING_KIB})`).execute(db)
}
