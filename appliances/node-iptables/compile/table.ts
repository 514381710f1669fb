import { NetfilterError } from '../errors.ts'
import type { Chain, Hook, NamedMap, NamedSet, Priority, Table } from '../model.ts'
import { checkName, tableName } from '../names.ts'
import { elementsOf, elementText } from './element.ts'
import { ruleText } from './rule.ts'
import { type Scope, scopeOf } from './scope.ts'

const priorities: Readonly<Record<Exclude<Priority, number>, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
}

/** `type filter hook input priority 0; policy drop;` */
export const hookText = ({ type, at, priority, policy = 'accept' }: Hook): string => {
  const value = typeof priority === 'number' ? priority : priorities[priority]
  if (!Number.isInteger(value)) throw new NetfilterError('NFT_VALUE', `${priority} is not a priority of a chain`)
  return `type ${type} hook ${at} priority ${value}; policy ${policy};`
}

/** Type and flags, without elements: what cannot be changed while rules use it. */
export const shapeText = (object: NamedSet | NamedMap): string => {
  const value = 'value' in object ? ` : ${object.value === 'verdict' ? 'verdict' : object.value.join(' . ')}` : ''
  return `type ${object.key.join(' . ')}${value};${object.interval === true ? ' flags interval;' : ''}`
}

export const isMap = (object: NamedSet | NamedMap): object is NamedMap => 'value' in object

const checkVerdicts = (map: NamedMap, scope: Scope): void => {
  for (const [, value] of map.elements) if (typeof value === 'object' && 'target' in value) scope.chain(value.chain)
}

const objectText = (object: NamedSet | NamedMap, scope: Scope): string => {
  if (isMap(object)) checkVerdicts(object, scope)
  const elements = [...elementsOf(object)].map(([key, value]) => `      ${elementText(key, value)}`)
  const body = elements.length === 0 ? '' : `\n    elements = {\n${elements.join(',\n')}\n    }`
  const kind = isMap(object) ? 'map' : 'set'
  return `  ${kind} ${checkName(kind, object.name)} {\n    ${shapeText(object)}${body}\n  }`
}

const chainText = (chain: Chain, scope: Scope): string => {
  const lines = [
    ...(chain.hook === undefined ? [] : [hookText(chain.hook)]),
    ...chain.rules.map((rule) => ruleText(rule, scope)),
  ]
  return `  chain ${checkName('chain', chain.name)} {\n${lines.map((line) => `    ${line}\n`).join('')}  }`
}

/** A table as one block of nft text. */
export const tableText = (table: Table): string => {
  checkName('table', table.name)
  const scope = scopeOf(table)
  const parts = [
    ...(table.counters ?? []).map((name) => `  counter ${checkName('counter', name)} {\n  }`),
    ...[...(table.sets ?? []), ...(table.maps ?? [])].map((object) => objectText(object, scope)),
    ...(table.chains ?? []).map((chain) => chainText(chain, scope)),
  ]
  return `table ${tableName(table)} {\n${parts.map((part) => `${part}\n`).join('')}}\n`
}
