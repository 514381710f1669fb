import { z } from 'zod'

/** Where a value of its own may stand: the nearest one counts. `global` every key has. */
export const scopes = ['zone', 'cluster', 'account', 'domain'] as const
export type Scope = (typeof scopes)[number]

/** CloudStack's names of value types. */
export type SettingType = 'Boolean' | 'Decimal' | 'Number' | 'Select' | 'String'

/** A key: its effect is documented, and something reads it. */
export interface Setting {
  /** What it does; a sentence. */
  readonly description: string
  readonly category: 'Account' | 'Advanced' | 'Alert' | 'Network' | 'Usage'
  readonly type: SettingType
  /** What it may be, for people. */
  readonly range: string
  readonly fallback: string
  readonly schema: z.ZodType<string>
  /** Of a Select, its words. */
  readonly options?: readonly string[]
  readonly scopes?: readonly Scope[]
  /** Kept sealed; no answer or message shows it. */
  readonly secret?: true
  /** Whose routers hear of a change at once; those of new and changed networks unless told. */
  readonly reaches?: 'balancers'
}

type Kind = Pick<Setting, 'type' | 'range' | 'schema' | 'options'>

/** A whole number of `unit`. */
export const whole = (min: number, max: number, unit = '') =>
  ({
    type: 'Number',
    range: `${min} to ${max}${unit === '' ? '' : ` ${unit}`}`,
    schema: z
      .string()
      .refine((text) => /^(0|[1-9]\d{0,8})$/.test(text), 'is not a whole number')
      .refine((text) => Number(text) >= min && Number(text) <= max, `is not between ${min} and ${max}`),
  }) as const satisfies Kind

/** A share, such as 0.75. */
export const share = () =>
  ({
    type: 'Decimal',
    range: '0 to 1',
    schema: z.string().refine((text) => /^(0(\.\d{1,6})?|1(\.0{1,6})?)$/.test(text), 'is not between 0 and 1'),
  }) as const satisfies Kind

export const flag = () =>
  ({
    type: 'Boolean',
    range: 'true or false',
    schema: z.string().refine((text) => text === 'true' || text === 'false', 'is neither true nor false'),
  }) as const satisfies Kind

export const oneOf = <const W extends readonly [string, ...string[]]>(words: W) =>
  ({
    type: 'Select',
    range: words.join(', '),
    options: words,
    schema: z.enum(words, `is not one of ${words.join(', ')}`),
  }) as const satisfies Kind

/** What this layer cannot judge: the API checks it by the schemas of what it goes into, before it is written. */
export const words = (range: string) => ({ type: 'String', range, schema: z.string() }) as const satisfies Kind
