import { type Kysely, sql } from 'kysely'

/** Tables that have a text in some column. */
export const tablesWith = async <DB>(db: Kysely<DB>, text: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ name: string }>`select table_schema || '.' || table_name as name
    from information_schema.tables
    where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE' order by 1`.execute(db)
  const found: string[] = []
  for (const { name } of rows) {
    const { rows: held } =
      await sql`select from ${sql.table(name)} one where strpos(one::text, ${text}) > 0 limit 1`.execute(db)
    if (held.length > 0) found.push(name)
  }
  return found
}
