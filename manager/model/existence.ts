import { type Kysely, type RawBuilder, sql } from 'kysely'
import { accountOf, kinds, type Named, tableOf } from './ownership.ts'
import type { Database } from './schema.ts'

export type { Named } from './ownership.ts'

/** One parameter's ids and the tables of which one has each. */
export interface Reference {
  readonly tables: readonly Named[]
  readonly ids: readonly string[]
}

/** A row that a reference names. */
export interface Referred {
  /** Which of the references it was asked for. */
  readonly index: number
  readonly id: string
  /** Whose it is; null: nobody's. */
  readonly account: string | null
  readonly table: Named
}

const rowsOf = (table: Named, index: number, ids: readonly string[]): RawBuilder<unknown> => {
  const { from, key } = tableOf(table)
  return sql`select ${sql.lit(index)}::int as index, ${sql.ref(`${from}.${key}`)}::text as id,
      ${accountOf(table)} as account, ${sql.lit(table)} as "table"
    from ${sql.table(from)} where ${sql.ref(`${from}.${key}`)} = any(${[...ids]}::uuid[])`
}

/** Those of the rows that there are, in one query. */
export const findReferred = async (db: Kysely<Database>, references: readonly Reference[]): Promise<Referred[]> => {
  const parts = references.flatMap(({ tables, ids }, index) => tables.map((table) => rowsOf(table, index, ids)))
  if (parts.length === 0) return []
  const { rows } = await sql<Referred>`${sql.join(parts, sql` union all `)}`.execute(db)
  return rows
}

/** What people call a row of any of the tables: `guest or router`. */
export const kindOf = (tables: readonly Named[]): string => tables.map((table) => kinds[table]).join(' or ')
