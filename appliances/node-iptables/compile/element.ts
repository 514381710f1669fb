import { NetfilterError } from '../errors.ts'
import type { KeyType, NamedMap, NamedSet, Tuple, Verdict } from '../model.ts'
import { checkName } from '../names.ts'
import { formatScalar, invalid } from '../values.ts'

/** `10.0.0.1 . tcp . 80`; the one spelling of a tuple. */
export const tupleText = (key: readonly KeyType[], tuple: Tuple, ranges: boolean): string => {
  const parts = typeof tuple === 'object' ? tuple : [tuple]
  if (parts.length !== key.length) throw invalid(`a key of ${key.join(' . ')}`, tuple)
  return key.map((kind, index) => formatScalar(kind, parts[index] ?? '', ranges)).join(' . ')
}

export const verdictText = (verdict: Verdict): string => {
  if (typeof verdict === 'string') return verdict.toLowerCase()
  return `${verdict.target === 'JUMP' ? 'jump' : 'goto'} ${checkName('chain', verdict.chain)}`
}

const isVerdict = (value: Tuple | Verdict): value is Verdict =>
  value === 'ACCEPT' || value === 'DROP' || value === 'RETURN' || (typeof value === 'object' && 'target' in value)

const valueText = (map: NamedMap, value: Tuple | Verdict): string => {
  if (map.value === 'verdict') {
    if (!isVerdict(value)) throw invalid(`a verdict of map ${map.name}`, value)
    return verdictText(value)
  }
  if (isVerdict(value)) throw invalid(`a value of map ${map.name}`, value)
  return tupleText(map.value, value, false)
}

const addOnce = (kind: string, all: Map<string, string>, key: string, value: string): void => {
  const known = all.get(key)
  if (known !== undefined && known !== value)
    throw new NetfilterError('NFT_DUPLICATE', `${kind} has two values for ${key}: ${known} and ${value}`)
  all.set(key, value)
}

type Elements = NamedSet['elements'] | NamedMap['elements']

/** Some of an object's elements by their canonical key; the value is empty for a set. Throws NFT_VALUE, NFT_DUPLICATE. */
export const readElements = (
  object: NamedSet | NamedMap,
  elements: Elements = object.elements,
): Map<string, string> => {
  const all = new Map<string, string>()
  const ranges = object.interval === true
  if ('value' in object) {
    for (const [key, value] of elements as NamedMap['elements'])
      addOnce(`Map ${object.name}`, all, tupleText(object.key, key, ranges), valueText(object, value))
  } else for (const key of elements as NamedSet['elements']) all.set(tupleText(object.key, key, ranges), '')
  return all
}

/** Rulesets are values: what was read of one stays true, and the next reader needs it again. */
const known = new WeakMap<NamedSet | NamedMap, ReadonlyMap<string, string>>()

/** All elements of a set or map by their canonical key, in the order in which they are given. */
export const elementsOf = (object: NamedSet | NamedMap): ReadonlyMap<string, string> => {
  const found = known.get(object) ?? readElements(object)
  known.set(object, found)
  return found
}

export const elementText = (key: string, value: string): string => (value === '' ? key : `${key} : ${value}`)
