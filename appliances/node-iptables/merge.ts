import { hookText, isMap, shapeText } from './compile/table.ts'
import { NetfilterError } from './errors.ts'
import type { Chain, NamedMap, NamedSet, Ruleset, Table } from './model.ts'
import { tableName } from './names.ts'

const conflict = (what: string, name: string): NetfilterError =>
  new NetfilterError('NFT_DUPLICATE', `Two rulesets describe ${what} ${name} differently`)

const join = <T extends { readonly name: string }>(items: readonly T[], two: (a: T, b: T) => T): readonly T[] => {
  const all = new Map<string, T>()
  for (const item of items) {
    const known = all.get(item.name)
    all.set(item.name, known === undefined ? item : two(known, item))
  }
  return [...all.values()]
}

const joinObjects =
  <T extends NamedSet | NamedMap>(kind: string) =>
  (a: T, b: T): T => {
    if (shapeText(a) !== shapeText(b) || isMap(a) !== isMap(b)) throw conflict(kind, a.name)
    return { ...a, elements: [...a.elements, ...b.elements] }
  }

const joinChains = (a: Chain, b: Chain): Chain => {
  if (a.hook !== undefined && b.hook !== undefined && hookText(a.hook) !== hookText(b.hook))
    throw conflict('chain', a.name)
  const hook = a.hook ?? b.hook
  return { name: a.name, ...(hook === undefined ? {} : { hook }), rules: [...a.rules, ...b.rules] }
}

const joinTables = (a: Table, b: Table): Table => ({
  family: a.family,
  name: a.name,
  counters: [...new Set([...(a.counters ?? []), ...(b.counters ?? [])])],
  sets: join([...(a.sets ?? []), ...(b.sets ?? [])], joinObjects<NamedSet>('set')),
  maps: join([...(a.maps ?? []), ...(b.maps ?? [])], joinObjects<NamedMap>('map')),
  chains: join([...(a.chains ?? []), ...(b.chains ?? [])], joinChains),
})

/**
 * One ruleset of several: tables, chains, sets and maps of the same name become one, rules and elements in the order
 * of the rulesets. Throws NFT_DUPLICATE where two disagree about a hook or a type.
 */
export const merge = (rulesets: readonly Ruleset[]): Ruleset => {
  const all = new Map<string, Table>()
  for (const table of rulesets.flatMap((ruleset) => ruleset.tables)) {
    const known = all.get(tableName(table))
    all.set(tableName(table), known === undefined ? table : joinTables(known, table))
  }
  return { tables: [...all.values()] }
}
