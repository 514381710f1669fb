import { SysvmError } from '@sysvm/errors'
import { BGP_PASSWORD } from '@sysvm/router/spec'
import type { MapEntries } from '../parameter.ts'
import * as p from '../parameter.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** 23456 and 65535 stand for something else (RFC 6793, RFC 7300). */
const RESERVED = [23_456, 65_535]

/** A number of an autonomous system, 16 or 32 bits. */
export const asn = (description: string): p.Parameter<number, false> => {
  const parameter = p.integer(description, 1, 4_294_967_294)
  return { ...parameter, schema: parameter.schema.refine((value) => !RESERVED.includes(value), 'is reserved') }
}

/** TCP MD5 (RFC 2385): what FRR takes in its configuration as one word. */
export const password = (description: string): p.Parameter<string, false> => {
  const parameter = p.secret(description, 80)
  return {
    ...parameter,
    schema: parameter.schema.refine(
      (value) => BGP_PASSWORD.test(value),
      'is not a password of 1 to 80 letters, digits and punctuation without space, quote, backslash and ?',
    ),
  }
}

const between = (from: number, to: number) => ({
  fits: (value: string) => /^[1-9]\d{0,5}$/.test(value) && Number(value) >= from && Number(value) <= to,
  words: `a whole number between ${from} and ${to}`,
})
const oneOf = (...words: readonly string[]) => ({
  fits: (value: string) => words.includes(value),
  words: words.join(' or '),
})

/** What can be said of a session. EBGP_MultiHop is CloudStack's, the others are sysvm's. */
const known: Readonly<Record<string, { readonly fits: (value: string) => boolean; readonly words: string }>> = {
  EBGP_MultiHop: between(1, 255),
  HoldTime: between(3, 65_535),
  MaximumPrefixes: between(1, 999_999),
  Import: oneOf('none', 'default', 'all'),
}

/** The entries of a map as one object; a name or value that no session has is refused. */
export const detailsOf = (entries: MapEntries = []): Record<string, string> => {
  const details: Record<string, string> = {}
  for (const [name, value] of entries.flatMap((entry) => Object.entries(entry))) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined
    if (rule === undefined)
      throw bad(`Parameter details: there is no '${name.slice(0, 60)}', only ${Object.keys(known).join(', ')}.`)
    if (!rule.fits(value)) throw bad(`Parameter details: ${name} is not ${rule.words}.`)
    details[name] = value
  }
  return details
}
