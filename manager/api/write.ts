import type { Transaction } from 'kysely'
import type { Database } from '../model/schema.ts'
import { violationOf } from '../model/violation.ts'
import type { Context } from './command.ts'

const ATTEMPTS = 5
/** Serialization failure and deadlock (PostgreSQL appendix A): the transaction did nothing and may simply run again. */
const AGAIN = new Set(['40001', '40P01'])

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/** All that a command changes, in one transaction; a broken rule of the schema becomes an error that says which. */
export const write = async <T>({ db }: Context, work: (trx: Transaction<Database>) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work)
    } catch (error) {
      if (attempt < ATTEMPTS && AGAIN.has(codeOf(error))) continue
      throw violationOf(error) ?? error
    }
  }
}
