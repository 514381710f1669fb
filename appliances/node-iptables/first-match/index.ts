import type { Chain, Field, MapElement, NamedMap, NamedSet, Rule } from '../model.ts'
import { exactElements, isExact, isVast, meetsPorted, meetsPortless, rangeElements } from './elements.ts'
import { layersOf } from './layers.ts'
import type { FirstMatchRule } from './model.ts'
import { plainOf } from './plain.ts'
import { addressType, type Entry, entryOf, type Region } from './region.ts'

/** A chain and what it looks into: parts of one table. */
export interface FirstMatchList {
  readonly chain: Chain
  readonly maps: readonly NamedMap[]
  readonly sets: readonly NamedSet[]
}

const ports = ['tcp', 'udp'] as const
const families = [4, 6] as const

interface Part {
  readonly region: Region
  readonly elements: readonly MapElement[]
}

const lookUp = (map: string, key: readonly Field[], ported: boolean): Rule => ({
  protocol: ported ? ports : { not: ports },
  jump: { target: 'LOOKUP', key, map },
})

/** From anywhere to single ports of single addresses. */
const exactMap = (name: string, family: 4 | 6, parts: readonly Part[]): Pick<FirstMatchList, 'maps'> & Rules => ({
  maps: [
    {
      name,
      key: [addressType(family), 'inet_proto', 'inet_service'],
      value: 'verdict',
      elements: parts.flatMap(({ elements }) => elements),
    },
  ],
  rules: [lookUp(name, ['destination', 'protocol', 'destinationPort'], true)],
})

/** Everything else; what stands for ICMP's type and code is where TCP has its source port. */
const rangeMap = (name: string, family: 4 | 6, parts: readonly Part[]): Pick<FirstMatchList, 'maps'> & Rules => ({
  maps: [
    {
      name,
      key: [addressType(family), addressType(family), 'inet_proto', 'inet_service'],
      value: 'verdict',
      interval: true,
      elements: parts.flatMap(({ elements }) => elements),
    },
  ],
  rules: [
    ...(parts.some(({ region }) => meetsPorted(region))
      ? [lookUp(name, ['source', 'destination', 'protocol', 'destinationPort'], true)]
      : []),
    ...(parts.some(({ region }) => meetsPortless(region))
      ? [lookUp(name, ['source', 'destination', 'protocol', 'sourcePort'], false)]
      : []),
  ],
})

interface Rules {
  readonly rules: readonly Rule[]
}

type Pieces = Rules & { readonly maps: readonly NamedMap[]; readonly sets: readonly NamedSet[] }

const layerPieces = (name: string, entries: readonly Entry[]): readonly Pieces[] => {
  const vast = entries.filter(({ regions }) => regions.some(isVast))
  const regions = entries
    .filter((entry) => !vast.includes(entry))
    .flatMap((entry) => entry.regions.map((region) => ({ region, verdict: entry.verdict })))
  const maps = families.flatMap((family) => {
    const own = regions.filter(({ region }) => region.family === family)
    const part = (exact: boolean): readonly Part[] =>
      own
        .filter(({ region }) => isExact(region) === exact)
        .map(({ region, verdict }) => ({
          region,
          elements: exact ? exactElements(region, verdict) : rangeElements(region, verdict),
        }))
    const [exact, range] = [part(true), part(false)]
    const suffix = family === 4 ? '' : '6'
    return [
      ...(exact.length === 0 ? [] : [exactMap(`${name}_exact${suffix}`, family, exact)]),
      ...(range.length === 0 ? [] : [rangeMap(`${name}_range${suffix}`, family, range)]),
    ]
  })
  return [
    ...maps.map((pieces) => ({ ...pieces, sets: [] })),
    ...vast.map((entry, index) => ({ ...plainOf(entry, `${name}_vast${index}`), maps: [] })),
  ]
}

/**
 * Compiles an ordered list to a chain of map lookups. A packet costs one lookup per layer of overlapping rules, however
 * many rules there are; rules that no packet can reach are left out. The chain ends where no rule matched: add what
 * shall happen then to its rules. Names of its maps and sets begin with the chain's.
 *
 * Pure: equal lists give equal results. Throws NFT_VALUE for what a rule cannot hold.
 */
export const firstMatchList = (name: string, rules: readonly FirstMatchRule[]): FirstMatchList => {
  const { layers, rest } = layersOf(rules.map(entryOf))
  const pieces: readonly Pieces[] = [
    ...layers.flatMap((entries, index) => layerPieces(`${name}_${index}`, entries)),
    ...rest.map((entry, index) => ({ ...plainOf(entry, `${name}_rest${index}`), maps: [] })),
  ]
  return {
    chain: { name, rules: pieces.flatMap((piece) => piece.rules) },
    maps: pieces.flatMap(({ maps }) => maps),
    sets: pieces.flatMap(({ sets }) => sets),
  }
}
