import { createApi } from '@sysvm/manager/api'
import { openDatabase } from '@sysvm/manager/model'
import { CompiledQuery, sql } from 'kysely'
import type { ListCall } from '../simulator/listcalls.ts'

/** Rows from which a table is large: more than a few pages. */
const LARGE = 2500

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly Node[]
}

interface Query {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** Sends list calls as a client does and explains each query that they really made. */
export const createPlanner = async (url: string) => {
  const made: Query[] = []
  const db = openDatabase(url, { connections: 4, log: ({ query }) => void made.push(query) })
  const failed: unknown[] = []
  const log = { debug: () => {}, info: () => {}, error: (fields: unknown) => void failed.push(fields) }
  // They start no job.
  const api = createApi({ db, jobs: undefined as never, log })
  const { port } = await api.listen({ port: 0 })
  const { rows } = await sql<{ relname: string }>`
    select relname from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples > ${LARGE}`.execute(db)
  const large = new Set(rows.map(({ relname }) => relname))
  const known = new Map<string, readonly string[]>()

  /** Large tables that no index leads into: they are scanned even where that is said to be dear. */
  const scanned = (query: Query): Promise<readonly string[]> =>
    db.transaction().execute(async (trx) => {
      await sql`set local enable_seqscan = off`.execute(trx)
      const { rows: found } = await trx.executeQuery<{ 'QUERY PLAN': [{ Plan: Node }] }>(
        CompiledQuery.raw(`explain (format json) ${query.sql}`, [...query.parameters]),
      )
      return found
        .flatMap((row) => nodesOf(row['QUERY PLAN'][0].Plan))
        .filter((node) => node['Node Type'].includes('Seq Scan'))
        .flatMap((node) => node['Relation Name'] ?? [])
        .filter((table) => large.has(table))
    })

  return {
    large,
    failed,
    /** Large tables that the call's queries scan, with the query. */
    check: async ({ command, params }: ListCall): Promise<readonly string[]> => {
      made.length = 0
      const query = new URLSearchParams({ command, response: 'json', ...params })
      await (await fetch(`http://127.0.0.1:${port}/client/api?${query}`)).arrayBuffer()
      const faults: string[] = []
      // An exact count reads what it counts.
      for (const one of [...made].filter(({ sql: text }) => /^\s*(select(?! count\(\*\))|with)\b/.test(text))) {
        const tables = known.get(one.sql) ?? (await scanned(one))
        known.set(one.sql, tables)
        for (const table of tables) faults.push(`${table}: ${one.sql.replaceAll(/\s+/g, ' ')}`)
      }
      return faults
    },
    close: async () => {
      await api.close()
      await db.destroy()
    },
  }
}
