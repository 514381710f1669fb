import { overlaps, parseCidr, toNumber } from '@sysvm/agent/spec'

/** Whether an address is in one of these networks; they are read once for many addresses. */
export const covers = (networks: readonly string[]): ((address: string) => boolean) => {
  const spans = networks.map(parseCidr)
  return (address) => {
    const value = toNumber(address)
    return spans.some(({ first, last }) => value >= first && value <= last)
  }
}

/** Networks without those that lie within another one, each once and without its host bits. */
export const outermost = (cidrs: readonly string[]): readonly string[] => {
  const widest = cidrs.map((cidr) => parseCidr(cidr)).toSorted((a, b) => a.prefix - b.prefix)
  const kept: string[] = []
  for (const { network, prefix } of widest) {
    const cidr = `${network}/${prefix}`
    if (!kept.some((wider) => overlaps(wider, cidr))) kept.push(cidr)
  }
  return kept
}
