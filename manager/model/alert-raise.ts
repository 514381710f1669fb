import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Something that is the matter, or is no more: its type and subject name it. */
export interface Condition {
  readonly type: number
  readonly subject: string
  readonly zone: string
  readonly pod: string | null
  readonly name: string
  readonly description: string
  /** False: an alert of it that is open is resolved. */
  readonly holds: boolean
}

/** Raises an alert for each condition that holds and has none yet, and resolves those of the others. */
export const judgeConditions = async (db: Kysely<Database>, conditions: readonly Condition[]): Promise<void> => {
  await sql`
    with condition as (
      select * from jsonb_to_recordset(${JSON.stringify(conditions)}::jsonb)
        as one (type int, subject text, zone uuid, pod uuid, name text, description text, holds boolean)
    ), raised as (
      select raise_alert(type, subject, name, description, zone, pod) from condition where holds
    ), resolved as (
      select resolve_alert(type, subject) from condition where not holds
    )
    select (select count(*) from raised), (select count(*) from resolved)`.execute(db)
}
