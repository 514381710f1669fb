import { parseCidr, toNumber } from '@sysvm/agent/spec'

interface Span {
  readonly cidr: string
  readonly prefix: number
  readonly first: number
  readonly last: number
}

/** Networks that no other one holds, ascending; each without its host bits. Lists have thousands. */
const apart = (cidrs: readonly string[]): readonly Span[] => {
  const spans = cidrs.map((text): Span => {
    const { network, prefix, first, last } = parseCidr(text)
    return { cidr: `${network}/${prefix}`, prefix, first, last }
  })
  const kept: Span[] = []
  let end = -1
  for (const span of spans.toSorted((a, b) => a.first - b.first || a.prefix - b.prefix)) {
    if (span.last <= end) continue
    kept.push(span)
    end = span.last
  }
  return kept
}

/** Whether an address is in one of these networks; they are read once for many addresses. */
export const covers = (networks: readonly string[]): ((address: string) => boolean) => {
  const spans = apart(networks)
  return (address) => {
    const value = toNumber(address)
    let [low, high] = [0, spans.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((spans[middle] as Span).last < value) low = middle + 1
      else high = middle
    }
    return low < spans.length && (spans[low] as Span).first <= value
  }
}

/** Networks without those that lie within another one, each once and without its host bits; wide ones first. */
export const outermost = (cidrs: readonly string[]): readonly string[] =>
  apart(cidrs)
    .toSorted((a, b) => a.prefix - b.prefix)
    .map(({ cidr }) => cidr)
