import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { RoleKind, RolePermissionTable, RoleTable } from './schema/identity.ts'
import type { Database } from './schema.ts'

export type Role = Selectable<RoleTable>
export type RolePermission = Selectable<RolePermissionTable>

export interface RoleFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly type?: RoleKind | undefined
  readonly state?: 'enabled' | 'disabled' | undefined
  readonly keyword?: string | undefined
  /** Public ones, and none of administrators of the whole cloud. */
  readonly modest: boolean
}

export const findRoles = (db: Kysely<Database>, filter: RoleFilter, page: Page): Promise<Found<Role>> => {
  let query = db.selectFrom('role').selectAll().orderBy('created').orderBy('id')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.type !== undefined) query = query.where('type', '=', filter.type)
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  if (filter.modest) query = query.where('ispublic', '=', true).where('type', '<>', 'Admin')
  return findPage(query, page)
}

export const findRole = (db: Kysely<Database>, id: string): Promise<Role | undefined> =>
  db.selectFrom('role').selectAll().where('id', '=', id).executeTakeFirst()

/** Holds the role, so that its rules keep their order. */
export const lockRole = (trx: Kysely<Database>, id: string): Promise<Role | undefined> =>
  trx.selectFrom('role').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const roleNamed = (trx: Kysely<Database>, name: string): Promise<Role | undefined> =>
  trx.selectFrom('role').selectAll().where('name', '=', name).forUpdate().executeTakeFirst()

export const insertRole = (trx: Kysely<Database>, values: Insertable<RoleTable>): Promise<Role> =>
  trx.insertInto('role').values(values).returningAll().executeTakeFirstOrThrow()

export const changeRole = async (trx: Kysely<Database>, id: string, values: Updateable<RoleTable>): Promise<void> => {
  if (Object.keys(values).length > 0) await trx.updateTable('role').set(values).where('id', '=', id).execute()
}

export const deleteRoleRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('role').where('id', '=', id).execute()
}

/** Accounts that have the role. */
export const accountsOfRole = async (trx: Kysely<Database>, id: string): Promise<number> => {
  const { count } = await trx
    .selectFrom('account')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('role', '=', id)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** In the order in which they are asked. */
export const rulesOf = (db: Kysely<Database>, role: string): Promise<RolePermission[]> =>
  db.selectFrom('role_permission').selectAll().where('role', '=', role).orderBy('sort_order').execute()

export const findRule = (db: Kysely<Database>, id: string): Promise<RolePermission | undefined> =>
  db.selectFrom('role_permission').selectAll().where('id', '=', id).executeTakeFirst()

export interface NewRule {
  readonly rule: string
  readonly permission: 'allow' | 'deny'
  readonly description: string
}

/** Behind the rules that there are. */
export const appendRules = async (
  trx: Kysely<Database>,
  role: string,
  rules: readonly NewRule[],
): Promise<RolePermission[]> => {
  if (rules.length === 0) return []
  const { last } = await trx
    .selectFrom('role_permission')
    .select((eb) => eb.fn.max('sort_order').as('last'))
    .where('role', '=', role)
    .executeTakeFirstOrThrow()
  const first = ((last as number | null) ?? -1) + 1
  return trx
    .insertInto('role_permission')
    .values(rules.map((rule, index) => ({ role, ...rule, sort_order: first + index })))
    .returningAll()
    .execute()
}

export const changeRule = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<RolePermissionTable>,
): Promise<void> => {
  await trx.updateTable('role_permission').set(values).where('id', '=', id).execute()
}

/** The order of the ids becomes that of the rules. */
export const orderRules = async (trx: Kysely<Database>, role: string, ids: readonly string[]): Promise<void> => {
  await sql`update role_permission set sort_order = wanted.place - 1
    from unnest(${[...ids]}::uuid[]) with ordinality as wanted (id, place)
    where role_permission.id = wanted.id and role_permission.role = ${role}`.execute(trx)
}

export const deleteRules = async (
  trx: Kysely<Database>,
  which: { readonly id: string } | { readonly role: string },
): Promise<void> => {
  const query = trx.deleteFrom('role_permission')
  await ('id' in which ? query.where('id', '=', which.id) : query.where('role', '=', which.role)).execute()
}
