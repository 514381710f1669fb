import { createApi } from '@sysvm/manager/api'
import { openDatabase } from '@sysvm/manager/model'
import { CompiledQuery, sql } from 'kysely'
import type { ListCall } from '../simulator/listcalls.ts'

/** Rows from which a table is large: more than a few pages. */
const LARGE = 2500

/** Rows of a large table that a query may look at in vain: a few pages of a list. */
const IN_VAIN = 2000

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
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

  const wasted = (node: Node): readonly string[] => {
    const table = node['Relation Name']
    if (table === undefined || !large.has(table)) return []
    const inVain = (node['Rows Removed by Filter'] ?? 0) * node['Actual Loops']
    if (node['Node Type'].includes('Seq Scan')) return [`${table} is scanned`]
    return inVain > IN_VAIN ? [`${table}: ${inVain} rows in vain`] : []
  }

  const explained = (query: Query, without: readonly string[]): Promise<readonly string[]> =>
    db.transaction().execute(async (trx) => {
      for (const kind of without) await sql`select set_config(${kind}, 'off', true)`.execute(trx)
      const { rows: found } = await trx.executeQuery<{ 'QUERY PLAN': [{ Plan: Node }] }>(
        CompiledQuery.raw(`explain (analyze, timing off, format json) ${query.sql}`, [...query.parameters]),
      )
      return found.flatMap((row) => nodesOf(row['QUERY PLAN'][0].Plan)).flatMap(wasted)
    })

  /**
   * Large tables that no index leads into: they are scanned even where that is said to be dear. A walk along an index
   * that passes over most rows is a scan too, unless it was chosen for how small the table is here: then there is
   * another index, which is asked for.
   */
  const scanned = async (query: Query): Promise<readonly string[]> => {
    const faults = await explained(query, ['enable_seqscan'])
    if (faults.length === 0) return faults
    const others = await explained(query, ['enable_seqscan', 'enable_indexscan'])
    return others.length === 0 ? others : faults
  }

  return {
    large,
    failed,
    /** Large tables that the call's queries scan, counts included, with the query. */
    check: async ({ command, params }: ListCall): Promise<readonly string[]> => {
      made.length = 0
      const query = new URLSearchParams({ command, response: 'json', ...params })
      await (await fetch(`http://127.0.0.1:${port}/client/api?${query}`)).arrayBuffer()
      const faults: string[] = []
      for (const one of [...made].filter(({ sql: text }) => /^\s*(select|with)\b/.test(text))) {
        const key = `${one.sql} ${JSON.stringify(one.parameters)}`
        const tables = known.get(key) ?? (await scanned(one))
        known.set(key, tables)
        for (const table of tables) faults.push(`${table} by ${one.sql.replaceAll(/\s+/g, ' ')}`)
      }
      return faults
    },
    close: async () => {
      await api.close()
      await db.destroy()
    },
  }
}
