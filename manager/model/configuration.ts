import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'
import type { Scope } from './settings/setting.ts'

/** Where a value is asked for; an account is in its domain and in those above. */
export interface Place {
  readonly zone?: string | undefined
  readonly cluster?: string | undefined
  readonly account?: string | undefined
  readonly domain?: string | undefined
}

/** A thing that has values of its own. */
export interface ScopedTo {
  readonly scope: Scope
  readonly id: string
}

/** Values that were set, by name; where several count at the place, the nearest: an account's before its domain's. */
export const readSettings = async (
  db: Kysely<Database>,
  names: readonly string[],
  { zone, cluster, account, domain }: Place = {},
): Promise<Map<string, string>> => {
  const ids = [zone, cluster, account, domain].filter((id) => id !== undefined)
  if (ids.length === 0) {
    const rows = await db.selectFrom('configuration').selectAll().where('name', 'in', names).execute()
    return new Map(rows.map(({ name, value }) => [name, value]))
  }
  const { rows } = await sql<{ name: string; value: string }>`
    with domains as (
      select above.id, length(above.path) as depth from domain own
      join domain above on own.path = above.path or starts_with(own.path, above.path || '/')
      where own.id = coalesce(${domain ?? null}::uuid, (select domain from account where id = ${account ?? null}::uuid))
    )
    select distinct on (name) name, value from (
      select name, value, 0 as nearness from configuration where name = any(${[...names]}::text[])
      union all
      select name, value, case scope when 'zone' then 1 when 'cluster' then 2 else 100000 end
      from configuration_scoped
      where scope <> 'domain' and scope_id = any(${ids}::uuid[]) and name = any(${[...names]}::text[])
      union all
      select name, value, 2 + depth from configuration_scoped join domains on domains.id = scope_id
      where scope = 'domain' and name = any(${[...names]}::text[])
    ) found order by name, nearness desc`.execute(db)
  return new Map(rows.map(({ name, value }) => [name, value]))
}

export const writeSetting = async (
  trx: Kysely<Database>,
  name: string,
  value: string,
  to?: ScopedTo | undefined,
): Promise<void> => {
  if (to === undefined)
    await trx
      .insertInto('configuration')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute()
  else
    await trx
      .insertInto('configuration_scoped')
      .values({ name, value, scope: to.scope, scope_id: to.id })
      .onConflict((conflict) => conflict.columns(['scope', 'scope_id', 'name']).doUpdateSet({ value }))
      .execute()
}

/** From then on what counts farther away does, at last the fallback. */
export const forgetSetting = async (trx: Kysely<Database>, name: string, to?: ScopedTo | undefined): Promise<void> => {
  if (to === undefined) await trx.deleteFrom('configuration').where('name', '=', name).execute()
  else
    await trx
      .deleteFrom('configuration_scoped')
      .where('name', '=', name)
      .where('scope', '=', to.scope)
      .where('scope_id', '=', to.id)
      .execute()
}

/** Every value of its own that a thing has, by `name/id of the thing`, and those of the cloud, by name. */
export const allValuesOf = async (
  db: Kysely<Database>,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await sql<{ key: string; value: string }>`
    select name as key, value from configuration where name = any(${[...names]}::text[])
    union all
    select name || '/' || scope_id, value from configuration_scoped where name = any(${[...names]}::text[])`.execute(db)
  return new Map(rows.map(({ key, value }) => [key, value]))
}
