import { type Kysely, sql } from 'kysely'
import { alertStatements } from './record/alerts.ts'
import { eventStatements, stateStatements } from './record/events.ts'
import { tagStatements } from './record/tags.ts'
import { usageStatements } from './record/usage.ts'

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const statement of [
    ...eventStatements,
    ...alertStatements,
    ...stateStatements,
    ...tagStatements,
    ...usageStatements,
  ])
    await sql.raw(statement).execute(db)
}
