import { elementsOf, elementText } from '../compile/element.ts'
import { scopeOf } from '../compile/scope.ts'
import { hookText, isMap, shapeText } from '../compile/table.ts'
import type { Chain, NamedMap, NamedSet, Table } from '../model.ts'
import { checkName, tableName } from '../names.ts'
import { chainChanges } from './chains.ts'
import { objectChanges } from './objects.ts'

const missing = (of: readonly string[] = [], from: readonly string[] = []): readonly string[] =>
  from.filter((name) => !of.includes(name))

const declareObject = (name: string, object: NamedSet | NamedMap): string => {
  const kind = isMap(object) ? 'map' : 'set'
  return `add ${kind} ${name} ${checkName(kind, object.name)} { ${shapeText(object)} }`
}

const declareChain = (name: string, chain: Chain): string => {
  checkName('chain', chain.name)
  return `add chain ${name} ${chain.name}${chain.hook === undefined ? '' : ` { ${hookText(chain.hook)} }`}`
}

const elements = (verb: 'add' | 'delete', name: string, object: string, texts: readonly string[]): readonly string[] =>
  texts.length === 0 ? [] : [`${verb} element ${name} ${object} { ${texts.join(', ')} }`]

const freshElements = (object: NamedSet | NamedMap): readonly string[] =>
  [...elementsOf(object)].map(([key, value]) => elementText(key, value))

/**
 * Lines that turn one table into another. Order matters within the transaction: rules let go of what they use, then
 * elements, objects and chains go, then new ones come, and rules last.
 */
export const tableDiff = (before: Table, after: Table): readonly string[] => {
  const name = tableName(after)
  const objects = objectChanges(before, after)
  const goneCounters = missing(after.counters, before.counters)
  const loose = new Set([
    ...objects.gone.map((object) => `object ${object.name}`),
    ...goneCounters.map((counter) => `counter ${counter}`),
  ])
  const chains = chainChanges(before, after, loose)
  const scope = scopeOf(after)
  for (const { value, elements: all } of after.maps ?? [])
    if (value === 'verdict')
      for (const [, verdict] of all) if (typeof verdict === 'object' && 'target' in verdict) scope.chain(verdict.chain)
  return [
    ...chains.flushed.map((chain) => `flush chain ${name} ${chain}`),
    ...objects.changed.flatMap((change) => elements('delete', name, change.name, change.removed)),
    ...objects.rewritten.map((object) => `flush ${isMap(object) ? 'map' : 'set'} ${name} ${object.name}`),
    ...objects.gone.map((object) => `delete ${isMap(object) ? 'map' : 'set'} ${name} ${object.name}`),
    ...chains.gone.map((chain) => `delete chain ${name} ${chain}`),
    ...goneCounters.map((counter) => `delete counter ${name} ${counter}`),
    ...missing(before.counters, after.counters).map(
      (counter) => `add counter ${name} ${checkName('counter', counter)}`,
    ),
    ...chains.declared.map((chain) => declareChain(name, chain)),
    ...objects.fresh.map((object) => declareObject(name, object)),
    ...objects.fresh.flatMap((object) => elements('add', name, object.name, freshElements(object))),
    ...objects.changed.flatMap((change) => elements('add', name, change.name, change.added)),
    ...objects.rewritten.flatMap((object) => elements('add', name, object.name, freshElements(object))),
    ...chains.added.map(({ chain, rule }) => `add rule ${name} ${chain} ${rule}`),
  ]
}
