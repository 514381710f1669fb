import type { Chain, NamedMap, NamedSet } from '../model.ts'
import { isExact, isVast } from './elements.ts'
import { effective, freeLayers, isOfOneVerdict, type Layers, orderedLayers } from './layers.ts'
import type { FirstMatchRule } from './model.ts'
import { numberedPieces } from './numbered.ts'
import { exactMap, joinPieces, noPieces, type Pieces, rangeMap } from './pieces.ts'
import { plainOf } from './plain.ts'
import { type Entry, entryOf } from './region.ts'

/** A chain and what it looks into and goes to: parts of one table. */
export interface FirstMatchList {
  readonly chain: Chain
  readonly maps: readonly NamedMap[]
  readonly sets: readonly NamedSet[]
  /** Further chains that the maps lead to. */
  readonly chains: readonly Chain[]
}

/** Deeper lists are compiled with numbers, which cost two more steps and know no depth. */
const MOST_ORDERED = 3

const layerPieces = (name: string, entries: readonly Entry[]): Pieces => {
  const vast = entries.filter(({ regions }) => regions.some(isVast))
  const regions = entries
    .filter((entry) => !vast.includes(entry))
    .flatMap((entry) => entry.regions.map((region) => ({ region, value: entry.verdict })))
  const maps = ([4, 6] as const).flatMap((family) => {
    const own = regions.filter(({ region }) => region.family === family)
    const [exact, range] = [true, false].map((wanted) => own.filter(({ region }) => isExact(region) === wanted))
    const suffix = family === 4 ? '' : '6'
    return [
      exact === undefined || exact.length === 0 ? noPieces : exactMap(`${name}_exact${suffix}`, family, exact),
      range === undefined || range.length === 0 ? noPieces : rangeMap(`${name}_range`, family, range, 'verdict'),
    ]
  })
  return joinPieces([
    ...maps,
    ...vast.map((entry, index) => ({ ...noPieces, ...plainOf(entry, `${name}_vast${index}`) })),
  ])
}

const layeredPieces = (name: string, { layers, rest }: Layers): Pieces =>
  joinPieces([
    ...layers.map((entries, index) => layerPieces(`${name}_${index}`, entries)),
    ...rest.map((entry, index) => ({ ...noPieces, ...plainOf(entry, `${name}_rest${index}`) })),
  ])

const piecesOf = (name: string, entries: readonly Entry[]): Pieces => {
  if (isOfOneVerdict(entries)) return layeredPieces(name, freeLayers(entries))
  const ordered = orderedLayers(entries)
  const shallow = ordered.layers.length <= MOST_ORDERED && ordered.rest.length === 0
  return shallow ? layeredPieces(name, ordered) : numberedPieces(name, entries)
}

/**
 * Compiles an ordered list to a chain of map lookups, whose number does not grow with the list; rules that no packet can
 * reach are left out. The chain ends where no rule matched: add what shall happen then to its rules. Names of its maps,
 * sets and further chains begin with the chain's.
 *
 * Lists of more than one verdict may use the packet's mark, and then leave it as the connection's.
 *
 * Pure: equal lists give equal results. Throws NFT_VALUE for what a rule cannot hold.
 */
export const firstMatchList = (name: string, rules: readonly FirstMatchRule[]): FirstMatchList => {
  const { rules: own, ...parts } = piecesOf(name, effective(rules.map(entryOf)))
  return { chain: { name, rules: own }, ...parts }
}
