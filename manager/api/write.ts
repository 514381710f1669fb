import type { Kysely, Transaction } from 'kysely'
import { actAs } from '../model/actor.ts'
import type { Database } from '../model/schema.ts'
import { violationOf } from '../model/violation.ts'
import type { Context } from './command.ts'
import { requireOpen } from './open.ts'
import { recorded } from './recording.ts'
import { createTurns } from './turns.ts'

const ATTEMPTS = 5
/** Serialization failure and deadlock (PostgreSQL appendix A): the transaction did nothing and may simply run again. */
const AGAIN = new Set(['40001', '40P01'])

/** Thrown by work whose transaction is to run again: what it read before it held the row holds no more. */
export const startOver = (what: string): Error =>
  Object.assign(new Error(`Others changed ${what} while the command ran.`), { code: '40001' })

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/**
 * Fewer than the pool has connections: calls that wait for one row must not take those of the reconcilers and of
 * everybody else, nor fail because the pool gives up on them.
 */
const MOST_AT_ONCE = 8
/** As long as clients wait for an answer. */
const LONGEST_MS = 60_000

const turns = new WeakMap<Kysely<Database>, ReturnType<typeof createTurns>>()

const turnsOf = (db: Kysely<Database>): ReturnType<typeof createTurns> => {
  const known = turns.get(db) ?? createTurns(MOST_AT_ONCE, LONGEST_MS)
  turns.set(db, known)
  return known
}

/** All that a command changes, in one transaction; a broken rule of the schema becomes an error that says which. */
export const write = async <T>(context: Context, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> => {
  const { db, caller, growing } = context
  for (let attempt = 1; ; attempt++) {
    try {
      return await turnsOf(db)(
        () =>
          recorded(context, (record) =>
            db.transaction().execute(async (trx) => {
              actAs(trx, { account: caller.accountid, cloud_user: caller.userid })
              if (growing !== undefined) await requireOpen(trx, growing)
              const result = await work(trx)
              await record(trx, result)
              return result
            }),
          ),
        caller.accountid,
      )
    } catch (error) {
      if (attempt < ATTEMPTS && AGAIN.has(codeOf(error))) continue
      throw violationOf(error) ?? error
    }
  }
}
