import { compile } from '../compile/index.ts'
import type { Ruleset, Table } from '../model.ts'
import { byName, tableName } from '../names.ts'
import { isRetyped } from './objects.ts'
import { tableDiff } from './table.ts'

const named = (ruleset: Ruleset): Map<string, { readonly name: string; readonly table: Table }> =>
  byName(
    'tables',
    ruleset.tables.map((table) => ({ name: tableName(table), table })),
  )

/**
 * Text for `nft -f -` that turns one ruleset into another in one transaction: elements where only elements differ,
 * the rules of the chains that differ, nothing else. Empty when nothing differs. Tables that only `before` has go. A table
 * with foreign objects, or with a set or map of another type under its old name, is replaced as a whole.
 */
export const diff = (before: Ruleset, after: Ruleset): string => {
  const old = named(before)
  const next = named(after)
  const gone = [...old.keys()].filter((name) => !next.has(name)).map((name) => `delete table ${name}\n`)
  const changed = [...next.values()].map(({ name, table }) => {
    const known = old.get(name)?.table
    const remade = known === undefined || (known.foreign ?? []).length > 0 || isRetyped(known, table)
    if (remade) return compile({ tables: [table] })
    return tableDiff(known, table)
      .map((line) => `${line}\n`)
      .join('')
  })
  return [...gone, ...changed].join('')
}
