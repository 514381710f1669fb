import type { Field, Matcher, Rule, Scalar } from '../model.ts'
import { formatMembers, invalid } from '../values.ts'
import { fieldText, keyText, kindOf } from './field.ts'
import type { Scope } from './scope.ts'

const isList = <T>(value: unknown): value is readonly T[] => Array.isArray(value)

interface Plain<T> {
  readonly values: readonly T[]
  readonly negated: boolean
}

/** Undefined where the matcher names a set. */
export const plainOf = <T extends Scalar>(matcher: Matcher<T>): Plain<T> | undefined => {
  if (isList<T>(matcher)) return { values: matcher, negated: false }
  if (typeof matcher !== 'object') return { values: [matcher], negated: false }
  if (!('not' in matcher)) return undefined
  return { values: isList<T>(matcher.not) ? matcher.not : [matcher.not as T], negated: true }
}

const membersText = (members: readonly string[], negated: boolean): string => {
  const text = members.length === 1 ? members[0] : `{ ${members.join(', ')} }`
  return negated ? `!= ${text}` : `${text}`
}

/** Fields whose values have a type: addresses, ports, devices. `expression` replaces the field's own. */
export const typedMatch = (field: Field, matcher: Matcher<Scalar>, scope: Scope, expression?: string): string => {
  const plain = plainOf(matcher)
  if (plain !== undefined) {
    if (plain.values.length === 0) throw invalid(`a rule's ${field}`, matcher)
    const kind = kindOf(field, scope.family, plain.values[0])
    return `${expression ?? fieldText(field, kind)} ${membersText(formatMembers(kind, plain.values), plain.negated)}`
  }
  const { set, notSet } = matcher as { readonly set?: string; readonly notSet?: string }
  const named = scope.set(set ?? notSet ?? '')
  const key = keyText([field], named.key, named.name)
  return `${expression ?? key} ${notSet === undefined ? '' : '!= '}@${named.name}`
}

/** Fields whose values are words. */
export const wordMatch = <T extends string>(expression: string, matcher: Matcher<T>, known: readonly T[]): string => {
  const plain = plainOf(matcher)
  const unknown = plain?.values.find((value) => !known.includes(value))
  if (plain === undefined || plain.values.length === 0 || unknown !== undefined)
    throw invalid(expression, unknown ?? matcher)
  const members = known.filter((word) => plain.values.includes(word))
  return `${expression} ${membersText(members, plain.negated)}`
}

/** Bits of which any may be set. */
export const flagMatch = <T extends string>(
  expression: string,
  value: T | readonly T[],
  known: readonly T[],
): string => {
  const values: readonly T[] = isList<T>(value) ? value : [value]
  const unknown = values.find((word) => !known.includes(word))
  if (values.length === 0 || unknown !== undefined) throw invalid(expression, unknown ?? value)
  return `${expression} ${known.filter((word) => values.includes(word)).join(',')}`
}

export const lookupMatch = ({ key, set, not }: NonNullable<Rule['lookup']>, scope: Scope): string => {
  const named = scope.set(set)
  return `${keyText(key, named.key, named.name)} ${not === true ? '!= ' : ''}@${named.name}`
}
