import type { Parameter } from '@sysvm/manager/api/parameter'

/** An id that nothing has. */
export const NOBODY = '11111111-2222-4333-8444-555555555555'

/** A wrong way to give one parameter; `pairs` go to the wire in its place. */
export interface Hostile {
  /** Short name of what is wrong with it, which exceptions name. */
  readonly kind: string
  readonly pairs: readonly (readonly [string, string])[]
}

/** In all that is injected. */
export const MARK = 'reboot'
const HUGE = 100_000

/** Those that end a line, a string or a command, the worst first. */
export const INJECTED: readonly string[] = ['newline', 'return', 'quotes', 'shell']

/** Ends a line, a string or a command of whatever it would be copied into. */
export const injections = (good: string, { length }: Parameter): Readonly<Record<string, string>> => ({
  newline: `${good}\nreboot`,
  return: `${good}\rreboot`,
  quotes: `${good}"; '${MARK}`,
  shell: `${good};$(reboot)\`reboot\`|reboot`,
  nul: `${good}\0`,
  escape: `${good}\u001b[2J`,
  long: 'x'.repeat(length + 1),
  huge: 'x'.repeat(HUGE),
})

const words: Readonly<Record<string, string>> = { empty: '', word: 'nonsense' }

const numbers: Readonly<Record<string, string>> = {
  negative: '-1',
  lowest: '-2147483649',
  zero: '0',
  large: '2147483648',
  beyond: '99999999999999999999',
  float: '1.5',
  exponent: '1e3',
  hex: '0x10',
  octal: '010',
  signed: '+5',
  spaced: ' 5',
  range: '80-90',
}

const addresses: Readonly<Record<string, string>> = {
  octal: '010.0.0.1',
  short: '10.1',
  large: '10.0.0.256',
  number: '167772161',
  slash: '10.0.0.1/24',
  zone: 'fe80::1%eth0',
}

const cidrs: Readonly<Record<string, string>> = {
  octal: '010.0.0.1/8',
  octets: '10.0.0/8',
  wide: '10.0.0.0/33',
  negative: '10.0.0.0/-1',
  zeros: '10.0.0.0/08',
  slash: '10.0.0.0/8/8',
  spaced: '10.0.0.0 /8',
}

const uuids = (foreign: string): Readonly<Record<string, string>> => ({
  number: '1',
  braces: `{${NOBODY}}`,
  half: NOBODY.slice(0, 18),
  two: `${NOBODY},${NOBODY}`,
  nobody: NOBODY,
  foreign,
})

const takes = ({ schema }: Parameter, value: string): boolean => schema.safeParse(value).success

const SIX = '2001:db8::1'
const FOUR = '10.1.1.1'

/** The values that parameters of a string's kind must refuse. */
const textsFor = (parameter: Parameter): Readonly<Record<string, string>> => {
  const free = takes(parameter, 'x') || takes(parameter, 'nonsense')
  if (free) return {}
  const [four, six] = [takes(parameter, FOUR), takes(parameter, SIX)]
  const [net4, net6] = [takes(parameter, '10.0.0.0/8'), takes(parameter, '2001:db8::/64')]
  return {
    ...(four || six || net4 || net6 ? words : { word: 'nonsense' }),
    ...(four || six ? addresses : {}),
    ...(net4 || net6 ? cidrs : {}),
    ...(four && !six ? { six: SIX } : {}),
    ...(six && !four ? { four: FOUR } : {}),
    ...(net4 && !net6 ? { six: '2001:db8::/64' } : {}),
    ...(net6 && !net4 ? { four: '10.0.0.0/8' } : {}),
  }
}

/** Of the parameter's own type, by kind. `good`: a value it takes. `foreign`: the id of an object of another kind. */
const valuesFor = (parameter: Parameter, good: string, foreign: string): Readonly<Record<string, string>> => {
  switch (parameter.type) {
    case 'boolean':
      return { ...words, number: '1', yes: 'yes', ...injections('true', parameter) }
    case 'date':
      return {
        ...words,
        month: '2026-13-01',
        day: '2026-02-30',
        hour: '2026-01-01T25:00:00Z',
        ...injections('2026-01-01', parameter),
      }
    case 'integer':
    case 'long':
      return { ...words, ...numbers, ...injections('5', parameter) }
    case 'uuid':
      return { ...words, ...uuids(foreign), ...injections(good || NOBODY, parameter) }
    case 'list':
      return {
        ...words,
        item: `${good},`,
        ...(good === '' ? {} : { twice: `${good},${good}`, folded: `${good},${good.toUpperCase()}` }),
        ...(takes(parameter, NOBODY) && !takes(parameter, 'x') ? uuids(foreign) : {}),
        ...(takes(parameter, '10.0.0.0/8') ? cidrs : {}),
        ...injections(good, parameter),
        many: Array(1001)
          .fill(good || 'x')
          .join(','),
      }
    case 'map':
      return { ...words, ...injections('', parameter) }
    default:
      return { ...(parameter.required ? { empty: '' } : {}), ...textsFor(parameter), ...injections(good, parameter) }
  }
}

/** Everything that is wrong for the parameter `name`. */
export const hostileFor = (name: string, parameter: Parameter, good: string, foreign: string): readonly Hostile[] => {
  const plain = Object.entries(valuesFor(parameter, good, foreign)).map(([kind, value]) => ({
    kind,
    pairs: [[name, value]] as const,
  }))
  const shape: Hostile =
    parameter.type === 'map'
      ? { kind: 'key', pairs: [[`${name}[0].no such "key"\n`, 'x']] }
      : { kind: 'map', pairs: [[`${name}[0].key`, 'x']] }
  const twice: Hostile = {
    kind: 'conflict',
    pairs: [
      [name, 'x'],
      [name.toUpperCase(), 'y'],
    ],
  }
  return [...plain, shape, twice, ...(parameter.required ? [{ kind: 'missing', pairs: [] }] : [])]
}

/** Parameters of which the second may not come before the first. */
export const RANGES: readonly (readonly [string, string, low: string, high: string])[] = [
  ['startport', 'endport', '80', '90'],
  ['publicport', 'publicendport', '80', '90'],
  ['privateport', 'privateendport', '80', '90'],
  ['startasn', 'endasn', '64520', '64530'],
  ['startip', 'endip', '203.0.113.200', '203.0.113.210'],
  ['startipv6', 'endipv6', '2001:db8:f::10', '2001:db8:f::20'],
]
