import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely'
import type { Chosen } from './event/find.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { AlertTable } from './schema/record.ts'
import type { Database } from './schema.ts'

export type Alert = Selectable<AlertTable>

/** CloudStack's numbers and names. */
export const alertTypes: ReadonlyMap<number, string> = new Map([
  [0, 'ALERT.MEMORY'],
  [1, 'ALERT.CPU'],
  [2, 'ALERT.STORAGE'],
  [3, 'ALERT.STORAGE.ALLOCATED'],
  [4, 'ALERT.VIRTUAL.NETWORK.PUBLIC.IP'],
  [5, 'ALERT.PRIVATE.IP'],
  [6, 'ALERT.SECONDARY.STORAGE'],
  [7, 'ALERT.HOST'],
  [8, 'ALERT.USERVM'],
  [9, 'ALERT.DOMAIN.ROUTER'],
  [10, 'ALERT.CONSOLE.PROXY'],
  [14, 'ALERT.MANAGEMENT.NODE'],
  [18, 'ALERT.VLAN'],
  [19, 'ALERT.SSVM'],
])

export interface AlertFilter {
  readonly id?: string | undefined
  readonly type?: number | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
}

export const findAlerts = (db: Kysely<Database>, filter: AlertFilter, page: Page): Promise<Found<Alert>> => {
  let query = db.selectFrom('alert').selectAll().orderBy('sent', 'desc').orderBy('id', 'desc')
  // Who names one finds it, archived or not.
  query = filter.id === undefined ? query.where('archived', '=', false) : query.where('id', '=', filter.id)
  if (filter.type !== undefined) query = query.where('type', '=', filter.type)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) {
    const part = anywhere(filter.keyword)
    query = query.where((eb) => eb.or([eb('name', 'ilike', part), eb('description', 'ilike', part)]))
  }
  return findPage(query, page)
}

export interface NewAlert {
  readonly type: number
  readonly name: string
  readonly description: string
  readonly zone: string | null
  readonly pod: string | null
}

/** One that somebody raises by hand: it is its own subject, and stays until it is archived or deleted. */
export const insertAlert = async (trx: Kysely<Database>, alert: NewAlert): Promise<string> => {
  const { id } = await trx
    .insertInto('alert')
    .values({ ...alert, subject: sql`gen_random_uuid()::text` })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

interface ChosenAlerts extends Omit<Chosen, 'accounts' | 'type'> {
  readonly type?: number | undefined
}

const chosen = <O>(
  query: SelectQueryBuilder<Database, 'alert', O>,
  { ids, type, from, until }: ChosenAlerts,
): SelectQueryBuilder<Database, 'alert', O> => {
  let found = query
  if (ids !== undefined) found = found.where('id', '=', sql<string>`any(${[...ids]}::uuid[])`)
  if (type !== undefined) found = found.where('type', '=', type)
  if (from !== undefined) found = found.where('sent', '>=', from)
  if (until !== undefined) found = found.where('sent', '<=', until)
  return found
}

/** How many were archived. */
export const archiveAlerts = async (trx: Kysely<Database>, choice: ChosenAlerts): Promise<number> => {
  const { numUpdatedRows } = await trx
    .updateTable('alert')
    .set({ archived: true })
    .where('id', 'in', chosen(trx.selectFrom('alert').select('id'), choice))
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

/** How many were deleted. */
export const deleteAlerts = async (trx: Kysely<Database>, choice: ChosenAlerts): Promise<number> => {
  const { numDeletedRows } = await trx
    .deleteFrom('alert')
    .where('id', 'in', chosen(trx.selectFrom('alert').select('id'), choice))
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
