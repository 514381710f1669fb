import type { Chain, Family, Hook, NamedMap, NamedSet, Rule, Table } from '../model.ts'
import { mapOf, setOf } from './element.ts'
import { asNumber, asObject, asText, Foreign, type Json } from './json.ts'
import { ruleOf } from './rule.ts'

const families: readonly string[] = ['ip', 'ip6', 'inet'] satisfies readonly Family[]

interface Draft {
  readonly family: Family
  readonly name: string
  readonly counters: string[]
  readonly sets: NamedSet[]
  readonly maps: NamedMap[]
  readonly chains: Map<string, { readonly name: string; readonly hook?: Hook; readonly rules: Rule[] }>
  readonly foreign: string[]
}

const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const
const hookTypes = ['filter', 'nat', 'route'] as const

const hookOf = (json: Json): Hook | undefined => {
  if (json.hook === undefined) return undefined
  const at = hooks.find((hook) => hook === json.hook)
  const type = hookTypes.find((known) => known === json.type)
  const priority = asNumber(json.prio)
  if (at === undefined || type === undefined || priority === undefined) throw new Foreign()
  return { type, at, priority, policy: json.policy === 'drop' ? 'drop' : 'accept' }
}

const readChain = (json: Json, name: string, table: Draft): void => {
  const hook = hookOf(json)
  table.chains.set(name, { name, ...(hook === undefined ? {} : { hook }), rules: [] })
}

const read = (kind: string, json: Json, table: Draft): void => {
  const name = asText(json.name) ?? ''
  if (kind === 'rule') table.chains.get(asText(json.chain) ?? '')?.rules.push(ruleOf(json))
  else if (kind === 'chain') readChain(json, name, table)
  else if (kind === 'counter') table.counters.push(name)
  else if (kind === 'set') table.sets.push(setOf(json))
  else if (kind === 'map') table.maps.push(mapOf(json))
  else throw new Foreign()
}

const readOrKeep = (kind: string, json: Json, table: Draft): void => {
  try {
    read(kind, json, table)
  } catch (error) {
    if (!(error instanceof Foreign)) throw error
    table.foreign.push(`${kind} ${asText(json.name) ?? ''}`)
  }
}

const finish = ({ chains, foreign, ...table }: Draft): Table => ({
  ...table,
  chains: [...chains.values()] satisfies readonly Chain[],
  ...(foreign.length === 0 ? {} : { foreign }),
})

/** Tables from the objects that `nft -j list` prints, in its order; families this library does not write are skipped. */
export const tablesOf = (objects: readonly unknown[]): readonly Table[] => {
  const tables = new Map<string, Draft>()
  for (const entry of objects) {
    const [kind = '', body] = Object.entries(asObject(entry) ?? {})[0] ?? []
    const json = asObject(body) ?? {}
    const family = asText(json.family) ?? ''
    if (!families.includes(family)) continue
    if (kind === 'table') {
      const name = asText(json.name) ?? ''
      const empty = { counters: [], sets: [], maps: [], chains: new Map(), foreign: [] }
      tables.set(`${family} ${name}`, { family: family as Family, name, ...empty })
      continue
    }
    const table = tables.get(`${family} ${asText(json.table) ?? ''}`)
    if (table !== undefined) readOrKeep(kind, json, table)
  }
  return [...tables.values()].map(finish)
}
