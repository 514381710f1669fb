import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { within } from './account.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { DomainTable } from './schema/identity.ts'
import type { Database } from './schema.ts'

export type Domain = Selectable<DomainTable>

export const findDomain = (db: Kysely<Database>, id: string): Promise<Domain | undefined> =>
  db.selectFrom('domain').selectAll().where('id', '=', id).executeTakeFirst()

/** The domains that a path leads through, from beneath ROOT down, its own among them. */
export const domainsAbove = (db: Kysely<Database>, path: string): Promise<Domain[]> =>
  db
    .selectFrom('domain')
    .selectAll()
    .where('parent', 'is not', null)
    .where(sql<boolean>`(path = ${path} or starts_with(${path}, path || '/'))`)
    .orderBy('path')
    .execute()

/** Whether a domain's path is another's or lies beneath it. */
export const isWithin = (path: string, above: string): boolean => path === above || path.startsWith(`${above}/`)

/** A domain with what answers say of its surroundings. */
export interface DomainShown extends Domain {
  readonly parentname: string | null
  readonly haschild: boolean
}

const shown = (db: Kysely<Database>) =>
  db
    .selectFrom('domain')
    .leftJoin('domain as above', 'above.id', 'domain.parent')
    .selectAll('domain')
    .select([
      'above.name as parentname',
      sql<boolean>`exists (select from domain below where below.parent = domain.id)`.as('haschild'),
    ])

export interface DomainFilter {
  /** Those beneath it, and itself where `self` says so. */
  readonly beneath: string
  readonly self: boolean
  readonly id?: string | undefined
  /** Children of this one only. */
  readonly parent?: string | undefined
  readonly name?: string | undefined
  /** 0 is ROOT. */
  readonly level?: number | undefined
  readonly keyword?: string | undefined
}

export const findDomains = (db: Kysely<Database>, filter: DomainFilter, page: Page): Promise<Found<DomainShown>> => {
  let query = shown(db).where(within(filter.beneath, true)).orderBy('domain.path').orderBy('domain.id')
  if (!filter.self) query = query.where('domain.path', '<>', filter.beneath)
  if (filter.id !== undefined) query = query.where('domain.id', '=', filter.id)
  if (filter.parent !== undefined) query = query.where('domain.parent', '=', filter.parent)
  if (filter.name !== undefined) query = query.where('domain.name', '=', filter.name)
  if (filter.level !== undefined)
    query = query.where(sql<boolean>`length(domain.path) - length(replace(domain.path, '/', '')) = ${filter.level}`)
  if (filter.keyword) query = query.where('domain.name', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

export const findDomainShown = (db: Kysely<Database>, id: string): Promise<DomainShown | undefined> =>
  shown(db).where('domain.id', '=', id).executeTakeFirst()

/** Holds the whole tree: who makes, renames or removes a domain does so alone. */
export const lockDomains = async (trx: Kysely<Database>): Promise<void> => {
  await sql`select from domain where parent is null for update`.execute(trx)
}

export const insertDomain = async (trx: Kysely<Database>, values: Insertable<DomainTable>): Promise<string> =>
  (await trx.insertInto('domain').values(values).returning('id').executeTakeFirstOrThrow()).id

export const changeDomain = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<DomainTable>,
): Promise<void> => {
  if (Object.keys(values).length > 0) await trx.updateTable('domain').set(values).where('id', '=', id).execute()
}

/** What lies beneath follows the new path. */
export const moveDomain = async (trx: Kysely<Database>, from: string, to: string): Promise<void> => {
  await sql`update domain set path = ${to} || substr(path, length(${from}) + 1) where ${within(from, true)}`.execute(
    trx,
  )
}

/** Accounts and domains right in it. */
export const usedOfDomain = async (
  trx: Kysely<Database>,
  id: string,
): Promise<{ readonly accounts: number; readonly domains: number }> => {
  const { rows } = await sql<{ accounts: number; domains: number }>`select
    (select count(*)::int from account where domain = ${id}) as accounts,
    (select count(*)::int from domain where parent = ${id}) as domains`.execute(trx)
  return rows[0] ?? { accounts: 0, domains: 0 }
}
