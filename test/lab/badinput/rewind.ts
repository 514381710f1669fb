import { type Database, openDatabase } from '@sysvm/manager/model'
import { CompiledQuery, Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely'

/** A transaction of the program under test, inside one of the test's own: PostgreSQL nests savepoints of one name. */
const nested = (text: string): readonly string[] => {
  if (/^(begin|start transaction)/.test(text)) return ['savepoint nested']
  if (text === 'commit') return ['release savepoint nested']
  if (text === 'rollback') return ['rollback to savepoint nested', 'release savepoint nested']
  return [text]
}

/** One connection for as long as it is wanted. */
const reserve = async (db: Kysely<Database>): Promise<{ own: Kysely<Database>; giveBack: () => Promise<void> }> => {
  const released = Promise.withResolvers<void>()
  const reserved = Promise.withResolvers<Kysely<Database>>()
  const whole = db.connection().execute(async (own) => {
    reserved.resolve(own)
    await released.promise
  })
  whole.catch(reserved.reject)
  const giveBack = async (): Promise<void> => {
    released.resolve()
    await whole
  }
  return { own: await reserved.promise, giveBack }
}

export interface Rewindable {
  readonly db: Kysely<Database>
  /** What happens from now on can be undone. */
  mark(): void
  /** Back to the mark. */
  rewind(): Promise<void>
  /** All since the mark stays; rejects where a statement failed outside of the program's transactions. */
  keep(): Promise<void>
  close(): Promise<void>
}

/** A database whose every change is undone at the end, on one connection: thousands of calls start from one state. */
export const openRewindable = async (url: string): Promise<Rewindable> => {
  const outer = openDatabase(url, { connections: 1 })
  const { own, giveBack } = await reserve(outer)
  const run = (text: string, values: readonly unknown[] = []) => own.executeQuery(CompiledQuery.raw(text, [...values]))
  let wanted = false
  let marked = false
  const query = async (text: string, values: readonly unknown[]) => {
    if (wanted) {
      // Most refusals ask the database nothing.
      await run('savepoint mark')
      wanted = false
      marked = true
    }
    const [first = text, second] = nested(text)
    const { rows, numAffectedRows } = await run(first, values)
    if (second !== undefined) await run(second)
    return {
      rows,
      command: numAffectedRows === undefined ? 'SELECT' : 'UPDATE',
      rowCount: Number(numAffectedRows ?? 0),
    }
  }
  const connection = { query, release: () => {} }
  const pool = { connect: async () => connection, end: async () => {} } as unknown as PostgresPool
  await run('begin')
  return {
    db: new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }),
    mark: () => {
      wanted = true
    },
    rewind: async () => {
      if (marked) {
        await run('rollback to savepoint mark')
        await run('release savepoint mark')
      }
      wanted = marked = false
    },
    keep: async () => {
      if (marked) await run('release savepoint mark')
      wanted = marked = false
    },
    close: async () => {
      await run('rollback')
      await giveBack()
      await outer.destroy()
    },
  }
}

/** One digest per table of the whole database, and of what waits for reconcilers. */
export const digestOf = async (db: Kysely<Database>): Promise<() => Promise<Readonly<Record<string, string>>>> => {
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname = 'public' or (schemaname, tablename) = ('pgboss', 'job') order by 1`.execute(db)
  const parts = rows.map(
    ({ name }) => sql`select ${name} as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest
      from ${sql.raw(name)} t`,
  )
  const all = sql<{ name: string; digest: string }>`${sql.join(parts, sql` union all `)}`
  return async () => Object.fromEntries((await all.execute(db)).rows.map(({ name, digest }) => [name, digest]))
}
