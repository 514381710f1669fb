import { SysvmError } from '@sysvm/errors'
import type { MapEntries } from '../parameter.ts'

const KEY = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/
const LONGEST_KEY = 64
const LONGEST_VALUE = 1024
const MOST = 100
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\x00-\x1f\x7f]/

/** `[0].key=name&[0].value=…` says the same as `[0].name=…`. */
const pairsOf = (entry: Readonly<Record<string, string>>): readonly (readonly [string, string])[] => {
  const { key, value, ...others } = entry
  const named = key !== undefined && value !== undefined && Object.keys(others).length === 0
  return named ? [[key, value]] : Object.entries(entry)
}

/** A map parameter as names and values; 431 names what is no such thing. */
export const readNamedValues = (parameter: string, entries: MapEntries): Readonly<Record<string, string>> => {
  const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', `Parameter ${parameter}: ${sentence}`)
  const pairs = entries.flatMap(pairsOf)
  if (pairs.length > MOST) throw bad(`has more than ${MOST} entries.`)
  for (const [key, value] of pairs) {
    if (!KEY.test(key) || key.length > LONGEST_KEY)
      throw bad(
        `'${key.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?')}' is no name of letters, digits, dots, hyphens, colons and underscores.`,
      )
    if (value.length > LONGEST_VALUE) throw bad(`the value of ${key} is longer than ${LONGEST_VALUE} characters.`)
    if (CONTROL.test(value)) throw bad(`the value of ${key} has a control character.`)
  }
  const names = pairs.map(([key]) => key.toLowerCase())
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw bad(`${twice} is given twice.`)
  return Object.fromEntries(pairs)
}
