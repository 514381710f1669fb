import type { MapElement } from '../model.ts'
import { formatInterval, type Interval } from '../values.ts'
import { addressType, isEvery, type Region, type Span, TCP, UDP } from './region.ts'

/** A rule with more pairs of a source and a destination than this is written as a rule with two sets. */
export const MOST_PAIRS = 4096

export const isVast = ({ source, destination }: Region): boolean =>
  source.length > 1 && destination.length > 1 && source.length * destination.length > MOST_PAIRS

const isPorted = ({ protocol }: Region): boolean =>
  protocol.first === protocol.last && (protocol.first === TCP || protocol.first === UDP)

/** From anywhere to one port of single addresses: such keys need no ranges, and a hash is the fastest map. */
export const isExact = (region: Region): boolean =>
  isPorted(region) &&
  isEvery(region.family, region.source) &&
  region.detail.first === region.detail.last &&
  region.destination.every(({ first, last }) => first === last)

export const meetsPorted = ({ protocol: { first, last } }: Region): boolean =>
  (first <= TCP && TCP <= last) || (first <= UDP && UDP <= last)

export const meetsPortless = (region: Region): boolean => !isPorted(region)

const intervalOf = ({ first, last }: Span): Interval => ({ first: BigInt(first), last: BigInt(last) })
export const protocolText = ({ protocol }: Region): string => formatInterval('inet_proto', intervalOf(protocol))
export const detailText = ({ detail }: Region): string => formatInterval('inet_service', intervalOf(detail))

const texts = (family: 4 | 6, intervals: readonly Interval[]): readonly string[] =>
  intervals.map((interval) => formatInterval(addressType(family), interval))

export const sourceTexts = ({ family, source }: Region): readonly string[] => texts(family, source)
export const destinationTexts = ({ family, destination }: Region): readonly string[] => texts(family, destination)

/** Keys of a region: destination, protocol, port. */
export const exactElements = (region: Region, verdict: MapElement[1]): readonly MapElement[] =>
  destinationTexts(region).map((to) => [[to, protocolText(region), region.detail.first], verdict])

/** What a map of ranges is keyed by. */
export type Axis = 'source' | 'destination' | 'protocol' | 'detail'

const axes: readonly Axis[] = ['source', 'destination', 'protocol', 'detail']

/** Smaller maps are fast in any order, and better keep theirs. */
const FEW = 64

const textsOf = (region: Region, axis: Axis): readonly string[] => {
  if (axis === 'source') return sourceTexts(region)
  if (axis === 'destination') return destinationTexts(region)
  return [axis === 'protocol' ? protocolText(region) : detailText(region)]
}

/**
 * The axes, first the one with the most different values: the kernel goes on with what has matched so far, so the sooner
 * that is little the better. Counts are compared by their magnitude, so that one rule hardly ever changes the order.
 */
export const orderOf = (regions: readonly Region[]): readonly Axis[] => {
  if (regions.length < FEW) return axes
  const magnitude = (axis: Axis): number =>
    Math.floor(Math.log2(new Set(regions.flatMap((region) => textsOf(region, axis))).size))
  const magnitudes = new Map(axes.map((axis) => [axis, magnitude(axis)]))
  return axes.toSorted((a, b) => (magnitudes.get(b) ?? 0) - (magnitudes.get(a) ?? 0))
}

/** Keys of a region: every combination of its parts, in the order of the axes. */
export const rangeElements = (region: Region, order: readonly Axis[], value: MapElement[1]): readonly MapElement[] =>
  order
    .reduce<readonly (readonly string[])[]>(
      (keys, axis) => keys.flatMap((key) => textsOf(region, axis).map((text) => [...key, text])),
      [[]],
    )
    .map((key) => [key, value])
