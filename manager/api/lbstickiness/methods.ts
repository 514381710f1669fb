import { SysvmError } from '@sysvm/errors'
import { CookieDomain, CookieName } from '@sysvm/router/spec'
import { z } from 'zod'
import type { MapEntries } from '../parameter.ts'

export type Method = 'LbCookie' | 'AppCookie' | 'SourceBased'
export const methods: readonly Method[] = ['LbCookie', 'AppCookie', 'SourceBased']

/** One parameter of a method: CloudStack's name for it, and what it may be. */
interface MethodParameter {
  readonly description: string
  readonly schema: z.ZodType<string, string>
  readonly isFlag?: true
}

/** haproxy's time: a number with a unit; without one milliseconds. At most 30 days. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const LONGEST_MS = 30 * 86_400_000

/** Milliseconds of `30m`, or NaN. */
export const milliseconds = (text: string): number => {
  const [, number = '', unit = 'ms'] = /^([1-9]\d{0,9})(ms|s|m|h|d)?$/.exec(text) ?? []
  return number === '' ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN)
}
const Time = z
  .string()
  .refine(
    (text) => milliseconds(text) >= 1000 && milliseconds(text) <= LONGEST_MS,
    'is not a time from 1s to 30d such as 30m or 3h',
  )

/** Entries of `200k`, or NaN. */
export const entriesOf = (text: string): number => {
  const [, number = '', unit = ''] = /^([1-9]\d{0,8})([kKmM])?$/.exec(text) ?? []
  const factor = unit === '' ? 1 : unit.toLowerCase() === 'k' ? 1024 : 1024 ** 2
  return number === '' ? Number.NaN : Number(number) * factor
}
const MOST_ENTRIES = 2 * 1024 ** 2
const Size = z
  .string()
  .refine((text) => entriesOf(text) <= MOST_ENTRIES, 'is not a number of entries up to 2m such as 200k')

const Length = z
  .string()
  .refine((text) => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1024, 'is not a length from 1 to 1024')

/** A flag is set by its name: `true` or nothing as its value; `false` is the same as leaving it out. */
const Flag = z
  .string()
  .transform((text) => text.toLowerCase() || 'true')
  .pipe(z.enum(['true', 'false'], 'is neither true nor false'))

const word = (...words: readonly string[]) =>
  z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(words as [string, ...string[]], `is not one of ${words.join(', ')}`))

const flag = (description: string): MethodParameter => ({ description, schema: Flag, isFlag: true })

/** By CloudStack's names of methods and their parameters. */
export const methodParameters: Readonly<Record<Method, Readonly<Record<string, MethodParameter>>>> = {
  LbCookie: {
    'cookie-name': { description: 'Name of the cookie; default: one made from the rule.', schema: CookieName },
    mode: {
      description: 'insert (default): a cookie of the balancer; rewrite, prefix: one of the application.',
      schema: word('insert', 'rewrite', 'prefix'),
    },
    nocache: flag('Keeps caches between client and balancer from storing what sets the cookie.'),
    indirect: flag('The application does not see the cookie.'),
    postonly: flag('The cookie is set in answers to POST only.'),
    httponly: flag('Scripts of pages do not see the cookie. Of sysvm alone.'),
    secure: flag('Clients send the cookie over TLS only. Of sysvm alone.'),
    domain: { description: 'Domain of the cookie.', schema: CookieDomain },
  },
  AppCookie: {
    'cookie-name': { description: "Name of the application's cookie.", schema: CookieName },
    length: { description: 'Longest part of its value that is looked at; default 52.', schema: Length },
    holdtime: { description: 'How long an unused session is remembered; default 3h.', schema: Time },
    'request-learn': flag('Sessions are learnt from requests too.'),
    prefix: {
      description: 'Only false: sessions are known by the whole name of their cookie.',
      schema: Flag.refine((text) => text === 'false', 'is not supported by sysvm: give the whole name of the cookie'),
      isFlag: true,
    },
    mode: {
      description: 'Where the session is looked for in requests without the cookie.',
      schema: word('path-parameters', 'query-string'),
    },
  },
  SourceBased: {
    tablesize: { description: 'Client addresses that are remembered; default 200k.', schema: Size },
    expire: { description: 'How long an unused one is remembered; default 30m.', schema: Time },
  },
}

const bad = (problem: string) => new SysvmError('SYSVM_API_PARAMETER', `Parameter param: ${problem}`)

/** `param[0].name=cookie-name&param[0].value=SID`, as CloudStack's clients send it; also `param[0].cookie-name=SID`. */
const pairsOf = (entries: MapEntries): readonly (readonly [string, string])[] =>
  entries.flatMap((entry) => {
    const lower = Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value] as const)
    const [name, value] = ['name', 'value'].map((key) => lower.find(([one]) => one === key)?.[1])
    if (name === undefined) return lower
    if (lower.length > (value === undefined ? 1 : 2)) throw bad('an entry is a name and a value, nothing else.')
    return [[name.toLowerCase(), value ?? ''] as const]
  })

/** The parameters of a method, each by its grammar; flags that are off are left out. Throws SYSVM_API_PARAMETER. */
export const stickinessParams = (method: Method, entries: MapEntries = []): Record<string, string> => {
  const known = methodParameters[method]
  const params: Record<string, string> = {}
  for (const [name, value] of pairsOf(entries)) {
    const parameter = Object.hasOwn(known, name) ? known[name] : undefined
    if (parameter === undefined)
      throw bad(`${method} has no parameter '${name.slice(0, 60)}', only ${Object.keys(known).join(', ')}.`)
    if (Object.hasOwn(params, name)) throw bad(`${name} is given twice.`)
    const read = parameter.schema.safeParse(value)
    if (!read.success) throw bad(`${name} '${value.slice(0, 60)}' ${read.error.issues[0]?.message ?? 'is not valid'}.`)
    if (!(parameter.isFlag && read.data === 'false')) params[name] = read.data
  }
  if (method === 'AppCookie' && params['cookie-name'] === undefined)
    throw bad("AppCookie needs cookie-name, the name of the application's cookie.")
  return params
}
