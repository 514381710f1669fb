import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Call } from '../simulator/api.ts'
import { until } from './until.ts'

export type Command = readonly [command: string, params: Readonly<Record<string, string>>]

/** Transactions of this database that wait for a lock of another one. */
const waiting = async (db: Kysely<Database>): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
  return rows[0]?.count ?? 0
}

/**
 * Calls of which each has read what it reads without a lock before any of them goes on: they wait, in this order, for
 * what `hold` holds meanwhile.
 */
export const behind = async (
  { db, call }: { readonly db: Kysely<Database>; readonly call: Call },
  hold: (trx: Transaction<Database>) => Promise<unknown>,
  ...commands: readonly Command[]
): Promise<number[]> => {
  const calls: ReturnType<Call>[] = []
  await db.transaction().execute(async (trx) => {
    await hold(trx)
    for (const [command, params] of commands) {
      calls.push(call(command, params))
      await until(`${command} waits`, async () => (await waiting(db)) === calls.length)
    }
  })
  return (await Promise.all(calls)).map(({ status }) => status)
}
