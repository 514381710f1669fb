import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, PodTable } from './schema.ts'

export type Pod = Selectable<PodTable> & { readonly zonename: string }

const pods = (db: Kysely<Database>) =>
  db
    .selectFrom('pod')
    .innerJoin('zone', 'zone.id', 'pod.zone')
    .selectAll('pod')
    .select('zone.name as zonename')
    .orderBy('pod.created')
    .orderBy('pod.id')

export interface PodFilter {
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly allocationstate?: 'Enabled' | 'Disabled' | undefined
}

export const findPods = (db: Kysely<Database>, filter: PodFilter, page: Page): Promise<Found<Pod>> => {
  let query = pods(db)
  if (filter.id !== undefined) query = query.where('pod.id', '=', filter.id)
  if (filter.zone !== undefined) query = query.where('pod.zone', '=', filter.zone)
  if (filter.name !== undefined) query = query.where('pod.name', '=', filter.name)
  if (filter.keyword) query = query.where('pod.name', 'ilike', anywhere(filter.keyword))
  if (filter.allocationstate) query = query.where('pod.allocationstate', '=', filter.allocationstate)
  return findPage(query, page)
}

export const findPod = (db: Kysely<Database>, id: string): Promise<Pod | undefined> =>
  pods(db).where('pod.id', '=', id).executeTakeFirst()

export const insertPod = async (trx: Kysely<Database>, values: Insertable<PodTable>): Promise<string> =>
  (await trx.insertInto('pod').values(values).returning('id').executeTakeFirstOrThrow()).id

export const updatePodRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<PodTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('pod')
    .set({ ...values, id })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export const deletePodRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('pod').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
