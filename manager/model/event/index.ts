import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { commandEvents } from './commands.ts'

/** Who asked. */
export interface Actor {
  readonly userid: string
  readonly username: string
  readonly accountid: string
}

export interface Outcome {
  readonly cmd: string
  readonly by: Actor
  /** Id of what was made or changed, as far as it is known. */
  readonly thing: string | null
  /** Why it failed; null: it is done. */
  readonly error: string | null
}

/** The event of a command that is done when it answers: one statement, in the command's own transaction. */
export const recordOutcome = async (db: Kysely<Database>, { cmd, by, thing, error }: Outcome): Promise<void> => {
  await sql`select record_event(${cmd}, ${by.userid}, ${by.username}, ${by.accountid}, ${thing}, ${error})`.execute(db)
}

/** Triggers read from it which event a job's command is; it is this code's from every start on. */
export const keepCommandEvents = async (db: Kysely<Database>): Promise<void> => {
  await sql`
    insert into command_event select * from jsonb_populate_recordset(null::command_event, ${JSON.stringify([
      ...commandEvents.values(),
    ])}::jsonb)
    on conflict (cmd) do update set type = excluded.type, resource = excluded.resource, words = excluded.words
    where (command_event.type, command_event.resource, command_event.words)
      is distinct from (excluded.type, excluded.resource, excluded.words)`.execute(db)
}
