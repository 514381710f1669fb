import { isIPv4 } from 'node:net'
import {
  Cidr4,
  Cidr6,
  canonical6,
  DomainName,
  HostLabel,
  Mac,
  overlaps,
  overlaps6,
  parseCidr,
  parseCidr6,
} from '@sysvm/agent/spec'
import { z } from 'zod'
import { admins, type RoleType } from './authorized.ts'

/** CloudStack's names of parameter types, as `listApis` gives them. */
export type ParameterType = 'boolean' | 'date' | 'integer' | 'list' | 'long' | 'map' | 'string' | 'uuid'

/** A map parameter as it arrives: `p[0].a=1&p[0].b=2&p[1].a=3` is two entries. */
export type MapEntries = readonly Readonly<Record<string, string>>[]

export interface Parameter<T = unknown, Required extends boolean = boolean> {
  readonly type: ParameterType
  readonly description: string
  readonly required: Required
  /** Longest value in characters. */
  readonly length: number
  /** The value is in no error message. */
  readonly secret?: boolean
  /** An empty text is a value of it, such as a list of none. */
  readonly takesEmpty?: boolean
  /** An empty text is as nothing: clients in Go write lists of none so. */
  readonly leavesEmpty?: boolean
  /** It names things by id; `references.ts` says which. */
  readonly identifies?: true
  /** Kinds of roles that may give it; to others it is unknown. Default: whoever may call the command. */
  readonly authorized?: readonly RoleType[]
  /** From the text (or map) on the wire to the value. */
  readonly schema: z.ZodType<T>
}

export type Parameters = Readonly<Record<string, Parameter>>

/** What `run` gets: required ones are there, others may be undefined. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T, infer R> ? (R extends true ? T : T | undefined) : never
}

const LONGEST = 255
const OWN = 'Of sysvm alone.'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** ISO 8601 date, alone or with a time and zone; the form of CloudStack's answers is one of them. */
const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:?\d{2})?)?$/

/** This network, loopback, link-local, multicast and reserved addresses: RFC 6890. */
const NOT_UNICAST = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']
const isUnicast = (cidr: string): boolean => !NOT_UNICAST.some((range) => overlaps(range, cidr))

const optional = <T>(
  type: ParameterType,
  description: string,
  schema: z.ZodType<T>,
  length = LONGEST,
): Parameter<T, false> => ({ type, description, required: false, length, schema })

export const required = <T>(parameter: Parameter<T, false>): Parameter<T, true> => ({ ...parameter, required: true })

/** Nobody else may give it: it is unknown to them, as what is no parameter at all. */
export const forAdmins = <T, R extends boolean>(parameter: Parameter<T, R>): Parameter<T, R> => ({
  ...parameter,
  authorized: admins,
})

export const text = (description: string, length = LONGEST) =>
  optional('string', description, z.string().max(length, `is longer than ${length} characters`), length)

/** Parameters that CloudStack has not, which their descriptions say. */
export const own = <P extends Parameters>(params: P): P =>
  Object.fromEntries(
    Object.entries(params).map(([name, { description, ...parameter }]) => [
      name,
      { ...parameter, description: description.endsWith(OWN) ? description : `${description} ${OWN}` },
    ]),
  ) as unknown as P

/** A text that no message or log may show. */
export const secret = (description: string, length = LONGEST): Parameter<string, false> => ({
  ...text(description, length),
  secret: true,
})

/** A name for people; never blank, and one line: it stands in tables, logs and other errors. */
export const name = (description: string) =>
  optional(
    'string',
    description,
    z
      .string()
      .regex(/^[^\r\n\u2028\u2029]*$/, 'has a line break')
      .trim()
      .min(1, 'is empty')
      .max(LONGEST, `is longer than ${LONGEST} characters`),
  )

const Uuid = z
  .string()
  .regex(UUID, 'is not a UUID')
  .transform((id) => id.toLowerCase())

export const uuid = (description: string): Parameter<string, false> => ({
  ...optional('uuid', description, Uuid, 36),
  identifies: true,
})

/** In place of a project's id: all of them. */
export const ALL_PROJECTS = '-1'

/** A project's id, or -1 for all. */
export const projectOrAll = (description: string): Parameter<string, false> => ({
  ...uuid(description),
  schema: z.literal(ALL_PROJECTS).or(Uuid),
})

/** An id of what is in no table. */
export const plainUuid = (description: string) => optional('uuid', description, Uuid, 36)

/** The same of several, of which one that is named twice is asked for once. */
export const plainUuids = (description: string) => list(description, Uuid)

/** An id of what another parameter says; the command looks for it itself. */
export const idText = (description: string) => optional('string', description, Uuid, 36)

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?(0|[1-9]\d{0,15})$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `is not between ${min} and ${max}`)

export const integer = (description: string, min = 0, max = 2 ** 31 - 1) =>
  optional('integer', description, whole(min, max))

export const boolean = (description: string) =>
  optional(
    'boolean',
    description,
    z
      .string()
      .regex(/^(true|false)$/i, 'is neither true nor false')
      .transform((value) => value.toLowerCase() === 'true'),
  )

/** One of a few words, compared without case; the value is spelt as listed here. */
export const choice = <const W extends string>(description: string, words: readonly W[]) =>
  optional(
    'string',
    description,
    z.string().transform((value, context): W => {
      const found = words.find((word) => word.toLowerCase() === value.toLowerCase())
      if (found === undefined) context.addIssue({ code: 'custom', message: `is not one of ${words.join(', ')}` })
      return found ?? (words[0] as W)
    }),
  )

export const ipv4 = (description: string) =>
  optional('string', description, z.string().refine(isIPv4, 'is not an IPv4 address such as 192.0.2.1'), 15)

export const cidr = (description: string) => optional('string', description, Cidr4, 18)

const isNetmask = (value: string): boolean => {
  if (!isIPv4(value)) return false
  const bits = value
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('')
  return /^1+0*$/.test(bits)
}

export const netmask = (description: string) =>
  optional('string', description, z.string().refine(isNetmask, 'is not a netmask such as 255.255.255.0'), 15)

export const domainName = (description: string) => optional('string', description, DomainName, 253)

/** `Date.parse` takes 2026-02-30 for the second of March. */
const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

export const date = (description: string) =>
  optional(
    'date',
    description,
    z
      .string()
      .refine(
        (value) => DATE.test(value) && isDay(value.slice(0, 10)) && !Number.isNaN(Date.parse(value)),
        'is not a date such as 2026-11-20T10:00:00+0000',
      )
      .transform((value) => new Date(value)),
  )

const MOST_ITEMS = 1000

const list = <T>(description: string, item: z.ZodType<T, string>) =>
  optional(
    'list',
    description,
    z
      .string()
      .transform((value) => value.split(',').map((part) => part.trim()))
      .pipe(z.array(item).max(MOST_ITEMS, `has more than ${MOST_ITEMS} items`)),
    MOST_ITEMS * 37,
  )

/** Of a filter: one that is named twice is asked for once. */
export const anyOf = (description: string): Parameter<string[], false> => ({
  ...list(description, Uuid),
  identifies: true,
})

const isDistinct = (items: readonly string[]): boolean => new Set(items).size === items.length

/** None twice. */
export const uuids = (description: string): Parameter<string[], false> => {
  const all = anyOf(description)
  return { ...all, schema: all.schema.refine(isDistinct, 'has an item twice') }
}

/** Ids of what another parameter says, none twice; the command looks for them itself. */
export const idTexts = (description: string) => {
  const all = list(description, Uuid)
  return { ...all, schema: all.schema.refine(isDistinct, 'has an item twice') }
}

export const words = (description: string) => list(description, z.string().min(1, 'has an empty item'))

const Entries = z.custom<MapEntries>(Array.isArray, 'is a map: write it as name[0].key=value')

export const map = (description: string) => optional('map', description, Entries)

/** A map whose entries must have exactly the given keys, such as service and provider. */
export const entries = <const K extends string>(description: string, keys: readonly K[]) =>
  optional(
    'map',
    description,
    Entries.transform((given, context) =>
      given.map((entry) => {
        const lower = Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value]))
        const wrong = keys.some((key) => !lower[key]) || Object.keys(lower).length !== keys.length
        if (wrong)
          context.addIssue({ code: 'custom', message: `needs ${keys.join(' and ')} in each entry, nothing else` })
        return lower as Readonly<Record<K, string>>
      }),
    ),
  )

const oneLine = (text = ''): boolean => text.length <= LONGEST && !/[\r\n]/.test(text)

/** Tags, or which of them: keys and values of one line. */
export const tags = (description: string) => {
  const all = entries(description, ['key', 'value'])
  return {
    ...all,
    schema: all.schema.refine(
      (given) => given.every(({ key, value }) => oneLine(key) && oneLine(value)),
      `has a key or value of several lines or more than ${LONGEST} characters`,
    ),
  }
}

/** A name of the API itself, such as VM.CREATE or UserVm. */
export const symbol = (description: string) =>
  optional(
    'string',
    description,
    z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, 'is not a name of letters, digits, dots and dashes'),
    100,
  )

/** A CIDR that is a network: no host bits, at least four addresses. */
export const network = (description: string) =>
  optional(
    'string',
    description,
    Cidr4.refine((value) => parseCidr(value).network === value.split('/')[0], 'has bits set behind its prefix')
      .refine(
        (value) => parseCidr(value).prefix >= 8 && parseCidr(value).prefix <= 29,
        'has no prefix length from 8 to 29',
      )
      .refine(isUnicast, 'is not in a range that hosts can have'),
    18,
  )

/** A flag that CloudStack knows and of which sysvm does one way so far; asking for the other is an error. */
export const only = (description: string, value: boolean) =>
  optional(
    'boolean',
    description,
    z
      .string()
      .refine((text) => text.toLowerCase() === String(value), `is not supported yet by sysvm: only ${value} is`)
      .transform(() => value),
  )

/** A list that may be of none: clients in Go write that as `name=`. */
export const orNone = <T>(parameter: Parameter<T[], false>): Parameter<T[], false> => ({
  ...parameter,
  takesEmpty: true,
  schema: z.unknown().transform((value, context): T[] => {
    if (value === '') return []
    const read = parameter.schema.safeParse(value)
    if (read.success) return read.data
    context.addIssue({ code: 'custom', message: read.error.issues[0]?.message ?? 'is not valid' })
    return []
  }),
})

/** A list that may be given as of none, `name=`, and then is as if it were left out. */
export const orLeft = <T>(parameter: Parameter<T[], false>): Parameter<T[], false> => ({
  ...parameter,
  leavesEmpty: true,
})

/** A list of words, all from the given ones. */
export const allOf = <const W extends string>(description: string, allowed: readonly W[]) =>
  list(
    description,
    z.string().transform((value, context): W => {
      const word = allowed.find((one) => one.toLowerCase() === value.toLowerCase())
      if (word === undefined)
        context.addIssue({ code: 'custom', message: `has an item that is not one of ${allowed.join(', ')}` })
      return word ?? (allowed[0] as W)
    }),
  )

/** Linux takes interface names of up to 15 characters. */
export const bridge = (description: string) =>
  optional(
    'string',
    description,
    z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/, 'is not the name of a bridge such as cloudbr0'),
    15,
  )

/** A MAC address that one machine can have, kept in small letters. */
export const mac = (description: string) =>
  optional(
    'string',
    description,
    z
      .string()
      .transform((value) => value.toLowerCase().replaceAll('-', ':'))
      .refine(
        (value) => Mac.safeParse(value).success && /^.[02468ace]:/.test(value) && !/^[0:]*$/.test(value),
        'is not a unicast MAC address such as 02:00:00:00:00:01',
      ),
    17,
  )

/** A host name of one label, as DNS and DHCP take it. */
export const hostLabel = (description: string) => optional('string', description, HostLabel, 63)

/** Read in any spelling, kept in the one of RFC 5952. */
export const ipv6 = (description: string) =>
  optional(
    'string',
    description,
    z.string().transform((value, context): string => {
      const address = canonical6(value)
      if (address === undefined)
        context.addIssue({ code: 'custom', message: 'is not an IPv6 address such as 2001:db8::1' })
      return address ?? '::'
    }),
    45,
  )

/** Of either family, an IPv6 one kept in the spelling of RFC 5952. */
export const ip = (description: string) =>
  optional(
    'string',
    description,
    z.string().transform((value, context): string => {
      const address = isIPv4(value) ? value : canonical6(value)
      if (address === undefined) context.addIssue({ code: 'custom', message: 'is not an IPv4 or IPv6 address' })
      return address ?? '::'
    }),
    45,
  )

const GLOBAL_UNICAST = '2000::/3'
const UNIQUE_LOCAL = 'fc00::/7'

/** An IPv6 network that hosts can have: no host bits, global or unique local (RFC 4291, RFC 4193). */
export const network6 = (description: string) =>
  optional(
    'string',
    description,
    z.string().transform((value, context): string => {
      const [address = '', length = '', ...rest] = value.split('/')
      const cidr = `${canonical6(address)}/${length}`
      const problem = ((): string | undefined => {
        if (rest.length > 0 || !Cidr6.safeParse(cidr).success) return 'is not an IPv6 network such as 2001:db8::/48'
        if (!cidr.startsWith(`${parseCidr6(cidr).network}/`)) return 'has bits set behind its prefix'
        if (![GLOBAL_UNICAST, UNIQUE_LOCAL].some((range) => overlaps6(range, cidr) && parseCidr6(cidr).prefix >= 8))
          return 'is not in a range that hosts can have'
        return undefined
      })()
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
      return problem === undefined ? cidr : '::/0'
    }),
    49,
  )
