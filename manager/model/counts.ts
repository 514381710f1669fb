import { type CompiledQuery, type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Tables so large that to count them is felt, each with a sequence that moves on with every change (migration 0037). */
type Counted = 'guest'

interface Known {
  readonly count: number
  readonly changes: string
}

const MOST_REMEMBERED = 1000
const known = new WeakMap<Kysely<Database>, Map<string, Known>>()

const knownOf = (db: Kysely<Database>): Map<string, Known> => {
  const here = known.get(db) ?? new Map<string, Known>()
  known.set(db, here)
  return here
}

/** The first number that a sequence gives is what it has before, too. */
const changesOf = async (db: Kysely<Database>, table: Counted): Promise<string> => {
  const { rows } = await sql<{ changes: string }>`
    select last_value + is_called::int as changes from ${sql.table(`changes_of_${table}`)}`.execute(db)
  return rows[0]?.changes ?? ''
}

/** Whether the rows of this table alone decide the answer: there is one `from`, and no join. */
const readsOneTable = (text: string): boolean => text.match(/\b(from|join)\b/gi)?.length === 1

/** Whether no transaction that has changed anything is under way: each holds a lock on its own number. */
const isSettled = async (db: Kysely<Database>): Promise<boolean> => {
  const { rows } = await sql<{ settled: boolean }>`
    select not exists (select from pg_locks
      where locktype = 'transactionid' and mode = 'ExclusiveLock' and granted) as settled`.execute(db)
  return rows[0]?.settled === true
}

/**
 * Counts by a query, or tells what the same query counted if the table has not been changed since. It is exact: the
 * sequence moves on with the statement that changes the table, before its transaction ends. The count is remembered if no
 * transaction was under way after the sequence was read and before it was made: so it saw every change that the sequence
 * told of, and every later one moves the sequence. In a transaction, whose own changes nobody else sees, all is counted.
 */
export const countedAnew =
  (db: Kysely<Database>, table: Counted) =>
  async (query: CompiledQuery): Promise<number> => {
    const count = async (): Promise<number> => {
      const { rows } = await db.executeQuery(query as CompiledQuery<{ readonly count: string }>)
      return Number(rows[0]?.count ?? 0)
    }
    if (db.isTransaction || !readsOneTable(query.sql)) return count()
    const here = knownOf(db)
    const key = JSON.stringify([query.sql, query.parameters])
    const changes = await changesOf(db, table)
    const before = here.get(key)
    if (before?.changes === changes) return before.count
    const settled = await isSettled(db)
    const now = await count()
    if (here.size >= MOST_REMEMBERED) here.clear()
    if (settled) here.set(key, { count: now, changes })
    return now
  }
