import { diff } from './diff/index.ts'
import type { Ruleset } from './model.ts'
import { tableName } from './names.ts'

const limit = 120

/**
 * What the live ruleset would need to become the expected one, a line each; empty when they are the same. Tables of
 * other programs do not count.
 */
export const differences = (expected: Ruleset, live: Ruleset): readonly string[] => {
  const names = new Set(expected.tables.map(tableName))
  const present = { tables: live.tables.filter((table) => names.has(tableName(table))) }
  const have = new Map(present.tables.map((table) => [tableName(table), table]))
  return expected.tables.flatMap((table) => {
    const known = have.get(tableName(table))
    if (known === undefined) return [`table ${tableName(table)} is missing`]
    if (known.foreign !== undefined)
      return known.foreign.map((name) => `table ${tableName(table)} has a foreign ${name}`)
    return diff({ tables: [known] }, { tables: [table] })
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (line.length > limit ? `${line.slice(0, limit)}…` : line))
  })
}
