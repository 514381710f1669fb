import { compile } from '../compile/index.ts'
import type { Ruleset, Table } from '../model.ts'
import { byName, tableName } from '../names.ts'
import { tableDiff } from './table.ts'

const named = (ruleset: Ruleset): Map<string, { readonly name: string; readonly table: Table }> =>
  byName(
    'tables',
    ruleset.tables.map((table) => ({ name: tableName(table), table })),
  )

/**
 * Text for `nft -f -` that turns one ruleset into another in one transaction: elements where only elements differ,
 * the rules of the chains that differ, nothing else. Empty when nothing differs. Tables that only `before` has go.
 */
export const diff = (before: Ruleset, after: Ruleset): string => {
  const old = named(before)
  const next = named(after)
  const gone = [...old.keys()].filter((name) => !next.has(name)).map((name) => `delete table ${name}\n`)
  const changed = [...next.values()].map(({ name, table }) => {
    const known = old.get(name)?.table
    if (known === undefined || (known.foreign ?? []).length > 0) return compile({ tables: [table] })
    return tableDiff(known, table)
      .map((line) => `${line}\n`)
      .join('')
  })
  return [...gone, ...changed].join('')
}
