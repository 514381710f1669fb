import { type Kysely, sql } from 'kysely'

/** Lists are paged in the order of creation: a page must not cost a sort of the whole table. */
const tables = ['host', 'network', 'guest', 'router', 'async_job']

export const up = async (db: Kysely<unknown>): Promise<void> => {
  for (const table of tables)
    await sql`create index ${sql.id(`${table}_order`)} on ${sql.table(table)} (created, id)`.execute(db)
}
