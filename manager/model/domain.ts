import type { Kysely, Selectable } from 'kysely'
import type { DomainTable } from './schema/identity.ts'
import type { Database } from './schema.ts'

export type Domain = Selectable<DomainTable>

export const findDomain = (db: Kysely<Database>, id: string): Promise<Domain | undefined> =>
  db.selectFrom('domain').selectAll().where('id', '=', id).executeTakeFirst()

/** Whether a domain's path is another's or lies beneath it. */
export const isWithin = (path: string, above: string): boolean => path === above || path.startsWith(`${above}/`)
