import { createApi } from '@sysvm/manager/api'
import { commands } from '@sysvm/manager/api/commands'
import { openDatabase } from '@sysvm/manager/model'
import { CompiledQuery, sql } from 'kysely'
import type { ListCall } from '../simulator/listcalls.ts'

/** Rows from which a table is large: more than a few pages. */
const LARGE = 3000
/** Rows that a step may handle, each time round: some pages' worth. */
const SOME_PAGES = 4000

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Join Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly Node[]
}

interface Query {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

const handled = (node: Node): number =>
  (node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Join Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0)) *
  node['Actual Loops']

const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** What passes rows on and looks at none of them for long, so that an exact count costs some milliseconds. */
const COUNTING =
  /^(Aggregate|Gather|Index Only Scan|Bitmap Index Scan|Bitmap Heap Scan|Hash|Hash Join|Nested Loop|Merge Join|BitmapOr|BitmapAnd|Materialize|Memoize)/

/** Why a plan costs more the more rows its tables have; empty when it does not. */
const faultsOf = (plan: Node, { sql }: Query, large: ReadonlySet<string>): string[] => {
  const counts = /^select count\(\*\)/.test(sql)
  // Pages far behind: whoever asks for row 30,000 has the 29,999 before it counted, in an index.
  const skips = /\boffset\b/.test(sql) && /\bin \(select\b/.test(sql)
  return nodesOf(plan).flatMap((node) => {
    const { 'Node Type': kind, 'Relation Name': relation = '' } = node
    if (kind.includes('Seq Scan') && large.has(relation)) return [`${kind} on ${relation}`]
    const rows = handled(node)
    if (rows <= SOME_PAGES || ((counts || skips) && COUNTING.test(kind.replace('Parallel ', '')))) return []
    if (skips && (kind === 'Limit' || kind === 'Subquery Scan')) return []
    return [`${kind}${relation && ` on ${relation}`} of ${rows} rows`]
  })
}

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

  const explain = async (query: Query): Promise<readonly string[]> => {
    const { rows: found } = await db.executeQuery<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      CompiledQuery.raw(`explain (analyze, timing off, costs off, format json) ${query.sql}`, [...query.parameters]),
    )
    return found.flatMap((row) => faultsOf(row['QUERY PLAN'][0].Plan, query, large))
  }
  return {
    large,
    commands: commands.filter(({ name }) => name.startsWith('list')).map(({ name }) => name),
    /** The API's status, and what is wrong with the plans of the call's queries. */
    check: async ({ command, params }: ListCall): Promise<{ status: number; faults: readonly string[] }> => {
      made.length = 0
      const query = new URLSearchParams({ command, response: 'json', ...params })
      const { status } = await fetch(`http://127.0.0.1:${port}/client/api?${query}`, {
        signal: AbortSignal.timeout(60_000),
      })
      const faults: string[] = []
      for (const one of [...made].filter(({ sql }) => /^\s*(select|with)\b/.test(sql))) {
        const key = `${one.sql}\n${JSON.stringify(one.parameters)}`
        const faultsOfOne = known.get(key) ?? (await explain(one))
        known.set(key, faultsOfOne)
        for (const fault of faultsOfOne) faults.push(`${fault}: ${one.sql.replaceAll(/\s+/g, ' ').slice(0, 3000)}`)
      }
      return { status, faults }
    },
    failed,
    close: async () => {
      await api.close()
      await db.destroy()
    },
  }
}
