import type { Chain, MapElement, NamedMap, Rule, Verdict } from '../model.ts'
import { isVast } from './elements.ts'
import { freeLayers } from './layers.ts'
import { joinPieces, noPieces, type Part, type Pieces, rangeMap } from './pieces.ts'
import { plainOf } from './plain.ts'
import type { Entry } from './region.ts'

/** The mark of a packet that no rule has matched yet: above every rule's number. */
const NONE = 0xffff_ffff

/** Numbers of the rules: their own where they ascend, else their places in the list. */
const numbersOf = (entries: readonly Entry[]): ((entry: Entry) => number) => {
  const own = entries.every(({ number, verdict }, index) => {
    const before = entries[index - 1]
    if (number === undefined || !Number.isInteger(number) || number < 0 || number >= NONE - 1) return false
    if (before?.number === undefined || number > before.number) return true
    return number === before.number && JSON.stringify(verdict) === JSON.stringify(before.verdict)
  })
  return own ? ({ number = 0 }) => number : ({ order }) => order
}

/** A rule matters only to packets that no rule of a smaller number has matched. */
const unmatched = (number: number): string => `${number + 1}-${NONE}`

const groupPieces = (
  name: string,
  entries: readonly Entry[],
  numberOf: (entry: Entry) => number,
  first: boolean,
): Pieces =>
  joinPieces(
    ([4, 6] as const).map((family) => {
      const parts = entries.flatMap((entry): readonly Part[] => {
        const number = numberOf(entry)
        return entry.regions
          .filter((region) => region.family === family)
          .map((region) => ({ region, value: [number], ...(first ? {} : { mark: unmatched(number) }) }))
      })
      return parts.length === 0 ? noPieces : rangeMap(`${name}_${first ? 'first' : 'next'}`, family, parts, ['mark'])
    }),
  )

const plainPieces = (name: string, entry: Entry, number: number): Pieces => {
  const { sets, rules } = plainOf(entry, name)
  const jump = { target: 'MARK', value: number } as const
  return { ...noPieces, sets, rules: rules.map((rule): Rule => ({ ...rule, mark: unmatched(number), jump })) }
}

const wordOf = (verdict: Verdict): string =>
  typeof verdict === 'string' ? verdict.toLowerCase() : `${verdict.target.toLowerCase()}_${verdict.chain}`

/** Chains that give the packet its own mark back and then do what the rules say, one per verdict. */
const verdictPieces = (name: string, entries: readonly Entry[], numberOf: (entry: Entry) => number): Pieces => {
  const chains = new Map<string, Chain>()
  const elements = new Map<number, MapElement>()
  for (const entry of entries) {
    const chain = `${name}_${wordOf(entry.verdict)}`
    chains.set(chain, { name: chain, rules: [{ jump: 'RESTORE_MARK' }, { jump: entry.verdict }] })
    elements.set(numberOf(entry), [[numberOf(entry)], { target: 'GOTO', chain }])
  }
  const map: NamedMap = { name: `${name}_verdicts`, key: ['mark'], value: 'verdict', elements: [...elements.values()] }
  return {
    ...noPieces,
    chains: [...chains.values()],
    maps: [map],
    rules: [{ jump: { target: 'LOOKUP', key: ['mark'], map: map.name } }, { jump: 'RESTORE_MARK' }],
  }
}

/**
 * For lists in which rules of different verdicts lie over each other in any way. The packet's mark holds the smallest
 * number of a rule that has matched; each group of rules that never match the same packet is one map, in which only what
 * is still smaller is found. So order costs nothing, and there are as many lookups as rules overlap mutually.
 */
export const numberedPieces = (name: string, entries: readonly Entry[]): Pieces => {
  const numberOf = numbersOf(entries)
  const vast = entries.filter(({ regions }) => regions.some(isVast))
  const { layers, rest } = freeLayers(entries.filter((entry) => !vast.includes(entry)))
  return joinPieces([
    { ...noPieces, rules: [{ jump: { target: 'MARK', value: NONE } }] },
    ...layers.map((group, index) => groupPieces(`${name}_${index}`, group, numberOf, index === 0)),
    ...[...vast, ...rest].map((entry) => plainPieces(`${name}_plain${numberOf(entry)}`, entry, numberOf(entry))),
    verdictPieces(name, entries, numberOf),
  ])
}
