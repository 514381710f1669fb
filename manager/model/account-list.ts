import { type Insertable, type Kysely, sql, type Updateable } from 'kysely'
import { type Account, within } from './account.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { AccountTable, EntryState, RoleKind } from './schema/identity.ts'
import type { Database } from './schema.ts'
import type { Circle } from './user.ts'

/** An account that people enter by, with its role. */
export interface Member extends Omit<Account, 'project' | 'projectname'> {
  readonly roleid: string
  readonly rolename: string
  readonly roletype: RoleKind
  /** It is being removed. */
  readonly leaving: boolean
}

const members = (db: Kysely<Database>) =>
  db
    .selectFrom('account')
    .innerJoin('domain', 'domain.id', 'account.domain')
    .innerJoin('role', 'role.id', 'account.role')
    .leftJoin('removal', 'removal.id', 'account.id')
    .selectAll('account')
    .select([
      'domain.name as domainname',
      'domain.path as domainpath',
      'role.id as roleid',
      'role.name as rolename',
      'role.type as roletype',
      sql<boolean>`removal.id is not null`.as('leaving'),
    ])

export interface MemberFilter {
  readonly circle: Circle
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly type?: AccountTable['type'] | undefined
  readonly state?: EntryState | undefined
  readonly leaving?: boolean | undefined
  readonly keyword?: string | undefined
}

export const findMembers = (db: Kysely<Database>, filter: MemberFilter, page: Page): Promise<Found<Member>> => {
  let query = members(db).orderBy('account.created').orderBy('account.id')
  query =
    'account' in filter.circle
      ? query.where('account.id', '=', filter.circle.account)
      : query.where(within(filter.circle.path, filter.circle.recursive))
  if (filter.id !== undefined) query = query.where('account.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('account.name', '=', filter.name)
  if (filter.type !== undefined) query = query.where('account.type', '=', filter.type)
  if (filter.state !== undefined) query = query.where('account.state', '=', filter.state)
  if (filter.leaving !== undefined) query = query.where('removal.id', filter.leaving ? 'is not' : 'is', null)
  if (filter.keyword) query = query.where('account.name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

export const findMember = (db: Kysely<Database>, id: string): Promise<Member | undefined> =>
  members(db).where('account.id', '=', id).executeTakeFirst()

/** Holds the account's row, so that nobody removes it meanwhile. */
export const lockMember = async (trx: Kysely<Database>, id: string): Promise<Member | undefined> => {
  await sql`select from account where id = ${id} for update`.execute(trx)
  return findMember(trx, id)
}

export const insertAccount = async (trx: Kysely<Database>, values: Insertable<AccountTable>): Promise<string> =>
  (await trx.insertInto('account').values(values).returning('id').executeTakeFirstOrThrow()).id

export const changeAccount = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<AccountTable>,
): Promise<void> => {
  if (Object.keys(values).length > 0) await trx.updateTable('account').set(values).where('id', '=', id).execute()
}
