import type { Kysely } from 'kysely'
import type { Database } from './schema.ts'

export const readSettings = async (db: Kysely<Database>, names: readonly string[]): Promise<Map<string, string>> => {
  const rows = await db
    .selectFrom('configuration')
    .selectAll()
    .where('name', 'in', [...names])
    .execute()
  return new Map(rows.map(({ name, value }) => [name, value]))
}

export const writeSetting = async (trx: Kysely<Database>, name: string, value: string): Promise<void> => {
  await trx
    .insertInto('configuration')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}
