import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import type { HealthCheckPolicyTable, StickinessPolicyTable } from './schema/loadbalancer.ts'
import type { Database } from './schema.ts'

export type StickinessPolicy = Selectable<StickinessPolicyTable>
export type HealthCheckPolicy = Selectable<HealthCheckPolicyTable>

export interface PolicyFilter {
  readonly id?: string | undefined
  readonly rules?: readonly string[] | undefined
}

export const findStickinessPolicies = (db: Kysely<Database>, filter: PolicyFilter): Promise<StickinessPolicy[]> => {
  let query = db.selectFrom('stickiness_policy').selectAll().orderBy('created').orderBy('id')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.rules) query = query.where('rule', 'in', filter.rules.length > 0 ? [...filter.rules] : [null as never])
  return query.execute()
}

export const insertStickinessPolicy = async (
  trx: Kysely<Database>,
  values: Insertable<StickinessPolicyTable>,
): Promise<string> =>
  (await trx.insertInto('stickiness_policy').values(values).returning('id').executeTakeFirstOrThrow()).id

/** False when it is gone. */
export const updateStickinessPolicyRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<StickinessPolicyTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('stickiness_policy')
    .set({ ...values, id })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export const deleteStickinessPolicyRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('stickiness_policy').where('id', '=', id).execute()
}

export const findHealthCheckPolicies = (db: Kysely<Database>, filter: PolicyFilter): Promise<HealthCheckPolicy[]> => {
  let query = db.selectFrom('healthcheck_policy').selectAll().orderBy('created').orderBy('id')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.rules) query = query.where('rule', 'in', filter.rules.length > 0 ? [...filter.rules] : [null as never])
  return query.execute()
}

export const insertHealthCheckPolicy = async (
  trx: Kysely<Database>,
  values: Insertable<HealthCheckPolicyTable>,
): Promise<string> =>
  (await trx.insertInto('healthcheck_policy').values(values).returning('id').executeTakeFirstOrThrow()).id

/** False when it is gone. */
export const updateHealthCheckPolicyRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<HealthCheckPolicyTable>,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('healthcheck_policy')
    .set({ ...values, id })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export const deleteHealthCheckPolicyRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('healthcheck_policy').where('id', '=', id).execute()
}
