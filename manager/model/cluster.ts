import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { ClusterTable, Database } from './schema.ts'

export type Cluster = Selectable<ClusterTable> & {
  readonly podname: string
  readonly zone: string
  readonly zonename: string
}

const clusters = (db: Kysely<Database>) =>
  db
    .selectFrom('cluster')
    .innerJoin('pod', 'pod.id', 'cluster.pod')
    .innerJoin('zone', 'zone.id', 'pod.zone')
    .selectAll('cluster')
    .select(['pod.name as podname', 'zone.id as zone', 'zone.name as zonename'])
    .orderBy('cluster.created')
    .orderBy('cluster.id')

export interface ClusterFilter {
  readonly id?: string | undefined
  readonly pod?: string | undefined
  readonly zone?: string | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly hypervisor?: Cluster['hypervisor'] | undefined
  readonly allocationstate?: 'Enabled' | 'Disabled' | undefined
}

export const findClusters = (db: Kysely<Database>, filter: ClusterFilter, page: Page): Promise<Found<Cluster>> => {
  let query = clusters(db)
  if (filter.id !== undefined) query = query.where('cluster.id', '=', filter.id)
  if (filter.pod !== undefined) query = query.where('cluster.pod', '=', filter.pod)
  if (filter.zone !== undefined) query = query.where('zone.id', '=', filter.zone)
  if (filter.name !== undefined) query = query.where('cluster.name', '=', filter.name)
  if (filter.keyword) query = query.where('cluster.name', 'ilike', anywhere(filter.keyword))
  if (filter.hypervisor) query = query.where('cluster.hypervisor', '=', filter.hypervisor)
  if (filter.allocationstate) query = query.where('cluster.allocationstate', '=', filter.allocationstate)
  return findPage(query, page)
}

export const findCluster = (db: Kysely<Database>, id: string): Promise<Cluster | undefined> =>
  clusters(db).where('cluster.id', '=', id).executeTakeFirst()

/** Which hypervisors a zone, or the whole cloud, has clusters of. */
export const findHypervisors = async (db: Kysely<Database>, zone?: string): Promise<Cluster['hypervisor'][]> => {
  let query = db
    .selectFrom('cluster')
    .innerJoin('pod', 'pod.id', 'cluster.pod')
    .select('cluster.hypervisor')
    .distinct()
    .orderBy('cluster.hypervisor')
  if (zone !== undefined) query = query.where('pod.zone', '=', zone)
  return (await query.execute()).map((row) => row.hypervisor)
}

export const insertCluster = async (trx: Kysely<Database>, values: Insertable<ClusterTable>): Promise<string> =>
  (await trx.insertInto('cluster').values(values).returning('id').executeTakeFirstOrThrow()).id

export const updateClusterRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<ClusterTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('cluster')
    .set({ ...values, id })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export const deleteClusterRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('cluster').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
