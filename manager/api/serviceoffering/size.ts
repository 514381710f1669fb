import { SysvmError } from '@sysvm/errors'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface Asked {
  readonly customized?: boolean | undefined
  readonly issystem?: boolean | undefined
  readonly cpunumber?: number | undefined
  readonly cpuspeed?: number | undefined
  readonly memory?: number | undefined
  readonly mincpunumber?: number | undefined
  readonly maxcpunumber?: number | undefined
  readonly minmemory?: number | undefined
  readonly maxmemory?: number | undefined
}

const RANGE = ['mincpunumber', 'maxcpunumber', 'minmemory', 'maxmemory'] as const
const DEFAULT_SPEED = 1000

/** The size columns of a new offering: fixed, chosen by each guest, or chosen within a range. */
export const offeredSize = (asked: Asked) => {
  const ranges = RANGE.filter((name) => asked[name] !== undefined)
  const cpuspeed = asked.cpuspeed ?? DEFAULT_SPEED
  if (asked.customized !== true) {
    const { cpunumber, memory } = asked
    if (cpunumber === undefined || memory === undefined)
      throw bad('createServiceOffering needs cpunumber and memory, or customized=true: give both.')
    if (ranges[0] !== undefined) throw bad(`Parameter ${ranges[0]}: needs customized=true.`)
    return { customized: false, cpunumber, cpuspeed, memory }
  }
  if (asked.issystem === true) throw bad('Parameter customized: system VMs have fixed sizes.')
  const fixed = (['cpunumber', 'memory'] as const).find((name) => asked[name] !== undefined)
  if (fixed !== undefined) throw bad(`Parameter ${fixed}: with customized=true each guest chooses it.`)
  const missing = RANGE.find((name) => asked[name] === undefined)
  if (ranges.length > 0 && missing !== undefined)
    throw bad(`Parameter ${missing}: a range needs ${RANGE.join(', ')}: give all four.`)
  const { mincpunumber = null, maxcpunumber = null, minmemory = null, maxmemory = null } = asked
  for (const [low, high, name] of [
    [mincpunumber, maxcpunumber, 'mincpunumber'],
    [minmemory, maxmemory, 'minmemory'],
  ] as const)
    if ((low ?? 0) > (high ?? low ?? 0)) throw bad(`Parameter ${name}: ${low} is above the most, ${high}.`)
  // Without a range the guest chooses its speed too.
  const speed = ranges.length > 0 || asked.cpuspeed !== undefined ? cpuspeed : 0
  return {
    customized: true,
    cpunumber: 0,
    cpuspeed: speed,
    memory: 0,
    mincpunumber,
    maxcpunumber,
    minmemory,
    maxmemory,
  }
}

interface Offered {
  readonly name: string
  readonly customized: boolean
  readonly cpuspeed: number
  readonly mincpunumber: number | null
  readonly maxcpunumber: number | null
  readonly minmemory: number | null
  readonly maxmemory: number | null
}

export interface ChosenSize {
  readonly custom_cpunumber: number | null
  readonly custom_cpuspeed: number | null
  readonly custom_memory: number | null
}

const MOST = { cpunumber: 256, memory: 16_777_216, cpuspeed: 100_000 } as const
const LEAST = { cpunumber: 1, memory: 32, cpuspeed: 1 } as const
type What = keyof typeof MOST

const SPELT: Readonly<Record<What, string>> = { cpunumber: 'cpuNumber', memory: 'memory', cpuspeed: 'cpuSpeed' }

const readNumber = (what: What, text: string, least: number, most: number): number => {
  const value = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0
  if (value >= least && value <= most) return value
  throw bad(
    `Parameter details: ${SPELT[what]} '${text.slice(0, 20).replaceAll(/[^\x20-\x7e]/g, '?')}' is not a whole number from ${least} to ${most}.`,
  )
}

/**
 * What a guest of the offering has by the `details` of its deployment or scaling, and the details that are left. Pure;
 * 431 when a customized offering lacks a number, or a fixed one is given any.
 */
export const chooseSize = (
  offering: Offered,
  details: Readonly<Record<string, string>>,
): { readonly size: ChosenSize; readonly details: Readonly<Record<string, string>> } => {
  const given = (what: What) => Object.entries(details).find(([key]) => key.toLowerCase() === what)?.[1]
  const rest = Object.fromEntries(Object.entries(details).filter(([key]) => !(key.toLowerCase() in MOST)))
  if (!offering.customized) {
    const stray = (Object.keys(MOST) as What[]).find((what) => given(what) !== undefined)
    if (stray !== undefined)
      throw bad(`Parameter details: ${SPELT[stray]} cannot be chosen: offering ${offering.name} says it.`)
    return { size: { custom_cpunumber: null, custom_cpuspeed: null, custom_memory: null }, details: rest }
  }
  const number = (what: 'cpunumber' | 'memory', least: number | null, most: number | null): number => {
    const text = given(what)
    if (text === undefined)
      throw bad(`Parameter details: offering ${offering.name} needs details[0].${SPELT[what]}: it says none itself.`)
    return readNumber(what, text, least ?? LEAST[what], most ?? MOST[what])
  }
  const speed = given('cpuspeed')
  if (speed !== undefined && offering.cpuspeed > 0)
    throw bad(`Parameter details: cpuSpeed cannot be chosen: offering ${offering.name} says it.`)
  return {
    size: {
      custom_cpunumber: number('cpunumber', offering.mincpunumber, offering.maxcpunumber),
      custom_memory: number('memory', offering.minmemory, offering.maxmemory),
      custom_cpuspeed:
        offering.cpuspeed > 0
          ? null
          : speed === undefined
            ? DEFAULT_SPEED
            : readNumber('cpuspeed', speed, LEAST.cpuspeed, MOST.cpuspeed),
    },
    details: rest,
  }
}
