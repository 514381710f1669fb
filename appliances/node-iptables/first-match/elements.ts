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

/** Keys of a region: source, destination, protocol, detail. */
export const rangeElements = (region: Region, verdict: MapElement[1]): readonly MapElement[] => {
  const to = destinationTexts(region)
  const [protocol, detail] = [protocolText(region), detailText(region)]
  return sourceTexts(region).flatMap((from) => to.map((end): MapElement => [[from, end, protocol, detail], verdict]))
}
