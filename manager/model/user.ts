import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { within } from './account.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { AccountTable, CloudUserTable, EntryState, RoleKind } from './schema/identity.ts'
import type { Database } from './schema.ts'

export interface User extends Selectable<CloudUserTable> {
  readonly accountname: string
  readonly accounttype: AccountTable['type']
  readonly domainname: string
  readonly domainpath: string
  readonly roleid: string
  readonly rolename: string
  readonly roletype: RoleKind
}

const users = (db: Kysely<Database>) =>
  db
    .selectFrom('cloud_user')
    .innerJoin('account', 'account.id', 'cloud_user.account')
    .innerJoin('domain', 'domain.id', 'account.domain')
    .innerJoin('role', 'role.id', 'account.role')
    .selectAll('cloud_user')
    .select([
      'account.name as accountname',
      'account.type as accounttype',
      'domain.name as domainname',
      'domain.path as domainpath',
      'role.id as roleid',
      'role.name as rolename',
      'role.type as roletype',
    ])

/** Whose users, or which accounts, a list shows: one account's, or those of a domain. */
export type Circle = { readonly account: string } | { readonly path: string; readonly recursive: boolean }

export interface UserFilter {
  readonly circle: Circle
  readonly id?: string | undefined
  readonly username?: string | undefined
  readonly account?: string | undefined
  readonly type?: AccountTable['type'] | undefined
  readonly state?: EntryState | undefined
  readonly keyword?: string | undefined
}

export const findUsers = (db: Kysely<Database>, filter: UserFilter, page: Page): Promise<Found<User>> => {
  let query = users(db).orderBy('cloud_user.created').orderBy('cloud_user.id')
  query =
    'account' in filter.circle
      ? query.where('account.id', '=', filter.circle.account)
      : query.where(within(filter.circle.path, filter.circle.recursive))
  if (filter.id !== undefined) query = query.where('cloud_user.id', '=', filter.id)
  if (filter.username !== undefined) query = query.where('cloud_user.username', '=', filter.username)
  if (filter.account !== undefined) query = query.where('account.name', '=', filter.account)
  if (filter.type !== undefined) query = query.where('account.type', '=', filter.type)
  if (filter.state !== undefined) query = query.where('cloud_user.state', '=', filter.state)
  if (filter.keyword) {
    const text = anywhere(filter.keyword)
    query = query.where((eb) =>
      eb.or(
        (['username', 'firstname', 'lastname', 'email'] as const).map((column) =>
          eb(`cloud_user.${column}`, 'ilike', text),
        ),
      ),
    )
  }
  return findPage(query, page)
}

export const findUser = (db: Kysely<Database>, id: string): Promise<User | undefined> =>
  users(db).where('cloud_user.id', '=', id).executeTakeFirst()

export const userOfKey = (db: Kysely<Database>, apiKey: string): Promise<User | undefined> =>
  users(db).where('cloud_user.api_key', '=', apiKey).executeTakeFirst()

/** What is shown of its own row. */
const shown = [
  'id',
  'account',
  'username',
  'firstname',
  'lastname',
  'email',
  'timezone',
  'state',
  'api_key',
  'created',
] as const

export type ShownUser = Pick<Selectable<CloudUserTable>, (typeof shown)[number]>

/** Their own rows alone: of the accounts it is known already what a join would repeat for each user. */
export const usersOfAccounts = (db: Kysely<Database>, accounts: readonly string[]): Promise<ShownUser[]> =>
  accounts.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('cloud_user')
        .select(shown)
        .where('account', '=', sql<string>`any(${[...accounts]}::uuid[])`)
        .orderBy('created')
        .orderBy('id')
        .execute()

export const insertUser = async (trx: Kysely<Database>, values: Insertable<CloudUserTable>): Promise<string> =>
  (await trx.insertInto('cloud_user').values(values).returning('id').executeTakeFirstOrThrow()).id

export const changeUser = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<CloudUserTable>,
): Promise<void> => {
  if (Object.keys(values).length > 0) await trx.updateTable('cloud_user').set(values).where('id', '=', id).execute()
}

export const deleteUserRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('cloud_user').where('id', '=', id).execute()
}
