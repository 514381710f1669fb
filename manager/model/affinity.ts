import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { type Accounts, amongAccounts } from './among.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { AffinityGroupTable, Database } from './schema.ts'

export type AffinityGroup = Selectable<AffinityGroupTable> & {
  /** Guests in it. */
  readonly guests: readonly string[]
}

/** CloudStack's names. A strict group is obeyed or the guest does not start; the others are a wish. */
export const affinityTypes = [
  'host affinity',
  'host anti-affinity',
  'non-strict host affinity',
  'non-strict host anti-affinity',
] as const

const groups = (db: Kysely<Database>) =>
  db
    .selectFrom('affinity_group')
    .selectAll()
    .select(
      sql<string[]>`array(select guest::text from affinity_member member
        where member.affinity_group = affinity_group.id order by guest)`.as('guests'),
    )
    .orderBy('created')
    .orderBy('id')

export interface AffinityGroupFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly type?: string | undefined
  readonly guest?: string | undefined
  /** Whose; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
}

export const findAffinityGroups = (
  db: Kysely<Database>,
  filter: AffinityGroupFilter,
  page: Page,
): Promise<Found<AffinityGroup>> => {
  let query = groups(db)
  if (filter.accounts) query = query.where(amongAccounts('account', filter.accounts))
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  if (filter.type !== undefined) query = query.where(sql<boolean>`type = ${filter.type}`)
  if (filter.guest !== undefined)
    query = query.where(sql<boolean>`id in (select affinity_group from affinity_member where guest = ${filter.guest})`)
  return findPage(query, page)
}

export const findAffinityGroup = (db: Kysely<Database>, id: string): Promise<AffinityGroup | undefined> =>
  groups(db).where('id', '=', id).executeTakeFirst()

export const affinityGroupNamed = (
  db: Kysely<Database>,
  account: string,
  name: string,
): Promise<AffinityGroup | undefined> =>
  groups(db).where('account', '=', account).where('name', '=', name).executeTakeFirst()

export const insertAffinityGroup = async (
  trx: Kysely<Database>,
  values: Insertable<AffinityGroupTable>,
): Promise<string> =>
  (await trx.insertInto('affinity_group').values(values).returning('id').executeTakeFirstOrThrow()).id

export const deleteAffinityGroupRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('affinity_group').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** The guest is in these groups from now on and in no other; each is held, so that none goes meanwhile. */
export const setAffinityGroups = async (
  trx: Kysely<Database>,
  guest: string,
  ids: readonly string[],
): Promise<void> => {
  await sql`select from affinity_group where id = any(${[...ids]}::uuid[]) order by id for key share`.execute(trx)
  await trx.deleteFrom('affinity_member').where('guest', '=', guest).execute()
  if (ids.length > 0)
    await trx
      .insertInto('affinity_member')
      .values(ids.map((affinity_group) => ({ affinity_group, guest })))
      .execute()
}
