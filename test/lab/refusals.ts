import type { Database } from '@sysvm/manager/model'
import { type Kysely, sql } from 'kysely'
import { expect } from 'vitest'
import type { Call, Called } from '../simulator/api.ts'
import { idOf, one } from './balanced.ts'

/** An id that nothing has. */
export const NOBODY = '11111111-2222-4333-8444-555555555555'

/** A call, the status it is refused with, and what the error says. `At` holds the ids of what was set up. */
export type Refusal<At> = readonly [
  command: string,
  params: (at: At) => Readonly<Record<string, string>>,
  status: number,
  text: RegExp | ((at: At) => RegExp),
]

interface Served {
  readonly db: Kysely<Database>
  readonly call: Call
}

/** Every row of the tables, and how many jobs wait for reconcilers. */
export const rowsOf = async (db: Kysely<Database>, tables: readonly string[]): Promise<unknown> => {
  const rows: Record<string, readonly string[]> = {}
  for (const table of tables) {
    const found = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} t order by 1`.execute(db)
    rows[table] = found.rows.map(({ row }) => row)
  }
  const { rows: waiting } = await sql<{ n: string }>`select count(*) as n from pgboss.job`.execute(db)
  return { rows, waiting }
}

/** The id of what a command made or listed first; its job may still wait. */
export const make = async (
  call: Call,
  command: string,
  params: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const { status, body } = await call(command, params)
  expect({ command, status, body }).toMatchObject({ status: 200 })
  const object = Object.keys(body).find((key) => key !== 'count' && key !== 'jobid')
  return idOf(body.id === undefined ? one(body, object ?? '') : body)
}

/** Each call is refused as its row says, and leaves the tables as they were. */
export const expectRefusals = async <At extends object>(
  { db, call }: Served,
  tables: readonly string[],
  refusals: readonly Refusal<At>[],
  at: At,
): Promise<void> => {
  expect(Object.entries(at).filter(([, id]) => id === 'undefined')).toEqual([])
  const before = await rowsOf(db, tables)
  for (const [command, params, status, text] of refusals) {
    const answer = await call(command, params(at))
    const says = text instanceof RegExp ? text : text(at)
    // Soft: one run tells of all that answer wrongly.
    expect.soft({ command, says, ...answer }).toMatchObject({
      status,
      body: { errorcode: status, errortext: expect.stringMatching(says) },
    })
    expect({ command, says, state: await rowsOf(db, tables) }).toEqual({ command, says, state: before })
  }
}

/** The statuses, in ascending order, of calls that are all under way at once. */
export const atOnce = async (count: number, one: (index: number) => Promise<Called>): Promise<readonly number[]> => {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => one(index)))
  return answers.map(({ status }) => status).sort((a, b) => a - b)
}
