import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { type Found, findPage, type Page } from './page.ts'
import type { NetbootTable } from './schema/routing.ts'
import type { Database } from './schema.ts'

export type Netboot = Selectable<NetbootTable> & { readonly name: string; readonly displayname: string }

const netboots = (db: Kysely<Database>) =>
  db
    .selectFrom('netboot')
    .innerJoin('guest', 'guest.id', 'netboot.guest')
    .selectAll('netboot')
    .select(['guest.name', 'guest.displayname'])
    .orderBy('netboot.created')
    .orderBy('netboot.guest')

export const findNetboots = (
  db: Kysely<Database>,
  filter: { readonly guest?: string | undefined; readonly keyword?: string | undefined },
  page: Page,
): Promise<Found<Netboot>> => {
  let query = netboots(db)
  if (filter.guest !== undefined) query = query.where('netboot.guest', '=', filter.guest)
  if (filter.keyword) query = query.where(sql<boolean>`position(${filter.keyword} in guest.name) > 0`)
  return findPage(query, page)
}

export const findNetboot = (db: Kysely<Database>, guest: string): Promise<Netboot | undefined> =>
  netboots(db).where('netboot.guest', '=', guest).executeTakeFirst()

/** Replaces what the guest boots. */
export const setNetboot = async (trx: Kysely<Database>, values: Insertable<NetbootTable>): Promise<void> => {
  await deleteNetboot(trx, values.guest)
  await trx.insertInto('netboot').values(values).execute()
}

export const deleteNetboot = (trx: Kysely<Database>, guest: string) =>
  trx.deleteFrom('netboot').where('guest', '=', guest).execute()
