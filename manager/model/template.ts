import { type Kysely, type Selectable, sql } from 'kysely'
import { type Accounts, amongAccounts } from './among.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, TemplateTable } from './schema.ts'

export type Template = Selectable<TemplateTable>

export interface TemplateFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly ids?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly kinds?: readonly Template['kind'][] | undefined
  readonly isready?: boolean | undefined
}

export const findTemplates = (db: Kysely<Database>, filter: TemplateFilter, page: Page): Promise<Found<Template>> => {
  let query = db.selectFrom('template').selectAll().orderBy('created').orderBy('id')
  if (filter.accounts) query = query.where(amongAccounts('template.account', filter.accounts))
  if (filter.ids) query = query.where('id', 'in', filter.ids.length > 0 ? [...filter.ids] : [null as never])
  if (filter.name !== undefined) query = query.where('name', '=', filter.name)
  if (filter.keyword) query = query.where('name', 'ilike', anywhere(filter.keyword))
  if (filter.kinds) query = query.where(sql<boolean>`kind = any(${[...filter.kinds]}::text[])`)
  if (filter.isready !== undefined) query = query.where('isready', '=', filter.isready)
  return findPage(query, page, 'template.id')
}

export const findTemplate = (db: Kysely<Database>, id: string): Promise<Template | undefined> =>
  db.selectFrom('template').selectAll().where('id', '=', id).executeTakeFirst()
