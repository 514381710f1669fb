import { type Kysely, type Selectable, sql } from 'kysely'
import { type Accounts, amongAccounts } from './among.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { InstanceGroupTable } from './schema/affinity.ts'
import type { Database } from './schema.ts'

export type InstanceGroup = Selectable<InstanceGroupTable>

/** The account's group of this name, made when it has none: guests name groups without making them. */
export const instanceGroup = async (trx: Kysely<Database>, account: string, name: string): Promise<string> => {
  const { id } = await trx
    .insertInto('instance_group')
    .values({ account, name })
    .onConflict((conflict) => conflict.columns(['account', 'name']).doUpdateSet({ name }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export interface InstanceGroupFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  /** Whose; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
}

export const findInstanceGroups = (
  db: Kysely<Database>,
  filter: InstanceGroupFilter,
  page: Page,
): Promise<Found<InstanceGroup>> => {
  let query = db.selectFrom('instance_group').selectAll().orderBy('created').orderBy('id')
  if (filter.accounts) query = query.where(amongAccounts('account', filter.accounts))
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

/** A second one of a name is refused by the schema. */
export const insertInstanceGroup = (trx: Kysely<Database>, account: string, name: string): Promise<InstanceGroup> =>
  trx.insertInto('instance_group').values({ account, name }).returningAll().executeTakeFirstOrThrow()

export const renameInstanceGroup = (
  trx: Kysely<Database>,
  id: string,
  name: string,
): Promise<InstanceGroup | undefined> =>
  trx.updateTable('instance_group').set({ name }).where('id', '=', id).returningAll().executeTakeFirst()

/** Its guests go on without it; they are held before it, as where guests are given groups. False when it is gone. */
export const deleteInstanceGroupRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  await sql`update guest set instance_group = null
    where id in (select id from guest where instance_group = ${id} order by id for update)`.execute(trx)
  const { numDeletedRows } = await trx.deleteFrom('instance_group').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
