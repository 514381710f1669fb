import type { Insertable, Kysely, Selectable } from 'kysely'
import type { Accounts } from './among.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { UserDataTable } from './schema/guestservices.ts'
import type { Database } from './schema.ts'

export type UserData = Selectable<UserDataTable>

export interface UserDataFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
}

export const findUserDatas = (db: Kysely<Database>, filter: UserDataFilter, page: Page): Promise<Found<UserData>> => {
  let query = db.selectFrom('user_data').selectAll().orderBy('created').orderBy('id')
  if (filter.accounts) query = query.where(ownedBy('user_data', filter.accounts))
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

export const findUserData = (db: Kysely<Database>, id: string): Promise<UserData | undefined> =>
  db.selectFrom('user_data').selectAll().where('id', '=', id).executeTakeFirst()

/** Undefined when the name is taken. */
export const insertUserData = (
  trx: Kysely<Database>,
  values: Insertable<UserDataTable>,
): Promise<UserData | undefined> =>
  trx
    .insertInto('user_data')
    .values(values)
    .onConflict((conflict) => conflict.columns(['account', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst()

/** Guests that are given it. */
export const usersOfUserData = async (db: Kysely<Database>, id: string): Promise<string[]> => {
  const rows = await db.selectFrom('guest').select('name').where('userdata_id', '=', id).orderBy('name').execute()
  return rows.map(({ name }) => name)
}

export const deleteUserDataRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('user_data').where('id', '=', id).execute()
}
