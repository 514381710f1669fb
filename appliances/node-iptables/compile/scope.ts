import { NetfilterError } from '../errors.ts'
import type { Chain, Family, NamedMap, NamedSet, Table } from '../model.ts'
import { byName } from '../names.ts'

/** What the rules of one table can refer to. */
export interface Scope {
  readonly family: Family
  readonly set: (name: string) => NamedSet
  readonly map: (name: string) => NamedMap
  readonly chain: (name: string) => Chain
  readonly counter: (name: string) => string
}

const lookUp =
  <T>(table: Table, kind: string, all: ReadonlyMap<string, T>) =>
  (name: string): T => {
    const found = all.get(name)
    if (found !== undefined) return found
    throw new NetfilterError('NFT_REFERENCE', `Table ${table.family} ${table.name} has no ${kind} named ${name}`)
  }

export const scopeOf = (table: Table): Scope => {
  // Sets and maps share one name space in the kernel.
  byName('sets and maps', [...(table.sets ?? []), ...(table.maps ?? [])])
  const counters = new Map((table.counters ?? []).map((name) => [name, name]))
  return {
    family: table.family,
    set: lookUp(table, 'set', byName('sets', table.sets)),
    map: lookUp(table, 'map', byName('maps', table.maps)),
    chain: lookUp(table, 'chain', byName('chains', table.chains)),
    counter: lookUp(table, 'counter', counters),
  }
}
