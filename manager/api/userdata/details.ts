import { SysvmError } from '@sysvm/errors'
import type { MapEntries } from '../parameter.ts'

/** A name that can be a key of a guest's metadata. */
export const detailKey = /^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/

const LONGEST_KEY = 64
const LONGEST_VALUE = 4096
const MOST = 100
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL = /[\x00-\x1f\x7f]/

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', `Parameter userdatadetails: ${sentence}`)

/** Terraform's provider writes the whole parameter into the key: `userdatadetails[0].userdatadetails[0].name=…`. */
const OWN_NAME = /^userdatadetails\[\d+\]\./i

/** `[0].key=name&[0].value=…` says the same as `[0].name=…`. */
const pairsOf = (entry: Readonly<Record<string, string>>): readonly (readonly [string, string])[] => {
  const { key, value, ...others } = entry
  const named = key !== undefined && value !== undefined && Object.keys(others).length === 0
  const pairs = named ? [[key, value] as const] : Object.entries(entry)
  return pairs.map(([name, text]) => [name.replace(OWN_NAME, ''), text])
}

/** Values of the variables that user data uses; guests find them among their metadata. Never names a value. */
export const readDetails = (entries: MapEntries): Readonly<Record<string, string>> => {
  const pairs = entries.flatMap(pairsOf)
  if (pairs.length > MOST) throw bad(`has more than ${MOST} entries.`)
  for (const [key, value] of pairs) {
    if (!detailKey.test(key) || key.length > LONGEST_KEY)
      throw bad(`'${key.slice(0, 60)}' is no name of letters, digits, hyphens and underscores.`)
    if (value.length > LONGEST_VALUE) throw bad(`the value of ${key} is longer than ${LONGEST_VALUE} characters.`)
    if (CONTROL.test(value)) throw bad(`the value of ${key} has a control character.`)
  }
  const twice = pairs.find(([key], index) => pairs.findIndex(([other]) => other === key) !== index)
  if (twice !== undefined) throw bad(`${twice[0]} is given twice.`)
  return Object.fromEntries(pairs)
}
