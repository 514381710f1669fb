import { SysvmError } from '@sysvm/errors'
import { sql, type Transaction } from 'kysely'
import type { Database } from '../model/database.ts'

/** One allocator of a kind at a time until the transaction ends; the constraints hold even without it. */
export const lockAllocator = async (trx: Transaction<Database>, what: string, scope: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${what}/${scope}`}, 0))`.execute(trx)
}

/** The smallest number of `from..to` that is not taken; found at a gap's edge, so a full range costs no scan of it. */
export const smallestFree = (taken: readonly number[], from: number, to: number): number | undefined => {
  const sorted = taken.filter((value) => value >= from && value <= to).sort((a, b) => a - b)
  let candidate = from
  for (const value of sorted) {
    if (value > candidate) break
    if (value === candidate) candidate++
  }
  return candidate <= to ? candidate : undefined
}

export const exhausted = (what: string, details: Readonly<Record<string, unknown>>): SysvmError =>
  new SysvmError('SYSVM_CAPACITY', what, { details })
