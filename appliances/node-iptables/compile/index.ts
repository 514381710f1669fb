import type { Ruleset } from '../model.ts'
import { byName, tableName } from '../names.ts'
import { tableText } from './table.ts'

/**
 * Text for `nft -f -` that makes exactly these tables what the ruleset says, in one transaction, whatever they were;
 * tables it does not name are left alone. Pure: equal rulesets give equal texts. Throws NetfilterError.
 */
export const compile = (ruleset: Ruleset): string => {
  byName(
    'tables',
    ruleset.tables.map((table) => ({ name: tableName(table) })),
  )
  return ruleset.tables
    .map((table) => {
      const name = tableName(table)
      // Adding first makes the deletion succeed where there is no such table yet.
      return `add table ${name}\ndelete table ${name}\n${tableText(table)}`
    })
    .join('')
}
