import type { Matcher, NamedSet, Rule } from '../model.ts'
import type { Interval } from '../values.ts'
import { destinationTexts, detailText, protocolText, sourceTexts } from './elements.ts'
import { addressType, type Entry, everyDetail, isEvery, type Region, TCP, UDP } from './region.ts'

/** A rule of its own, and the sets it looks into. */
export interface Plain {
  readonly sets: readonly NamedSet[]
  readonly rules: readonly Rule[]
}

/** Longer lists of addresses get a set of their own. */
const INLINE = 8

const transport = (region: Region, name: string): { readonly sets: readonly NamedSet[]; readonly match: Rule } => {
  const { protocol, detail } = region
  if (protocol.first !== protocol.last) return { sets: [], match: {} }
  const whole = detail.first === everyDetail.first && detail.last === everyDetail.last
  if (whole) return { sets: [], match: { protocol: protocolText(region) } }
  if (protocol.first === TCP || protocol.first === UDP)
    return { sets: [], match: { protocol: protocolText(region), destinationPort: detailText(region) } }
  // nft has one word for ICMP's type and another for its code, but lists both of a range as a port without protocol.
  const key = ['inet_proto', 'inet_service'] as const
  const elements = [[protocolText(region), detailText(region)]]
  return {
    sets: [{ name: `${name}_type`, key, interval: true, elements }],
    match: { protocol: { not: ['tcp', 'udp'] }, lookup: { key: ['protocol', 'sourcePort'], set: `${name}_type` } },
  }
}

const ofRegion = (region: Region, name: string): { readonly sets: readonly NamedSet[]; readonly match: Rule } => {
  const { family } = region
  const sets: NamedSet[] = []
  const matcher = (part: string, intervals: readonly Interval[], texts: readonly string[]): Matcher<string> => {
    if (intervals.length <= INLINE) return texts
    sets.push({ name: `${name}_${part}`, key: [addressType(family)], interval: true, elements: texts })
    return { set: `${name}_${part}` }
  }
  const { sets: own, match } = transport(region, name)
  // The one that stands in the rule also says which family it is for.
  const source = isEvery(family, region.source) ? undefined : matcher('from', region.source, sourceTexts(region))
  const every = isEvery(family, region.destination)
  const destination =
    every && source !== undefined ? undefined : matcher('to', region.destination, destinationTexts(region))
  return {
    sets: [...own, ...sets],
    match: {
      ...match,
      ...(source === undefined ? {} : { source }),
      ...(destination === undefined ? {} : { destination }),
    },
  }
}

/** The rules that one entry is without maps. `name` is what its sets' names begin with. */
export const plainOf = ({ regions, verdict }: Entry, name: string): Plain => {
  const all = regions.map((region) => ofRegion(region, `${name}_${region.family}`))
  return {
    sets: all.flatMap(({ sets }) => sets),
    rules: all.map(({ match }) => ({ ...match, jump: verdict })),
  }
}
