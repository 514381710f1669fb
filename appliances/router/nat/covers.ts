import { parseCidr, toNumber } from '@sysvm/agent/spec'

/** Whether an address is in one of these networks; they are read once for many addresses. */
export const covers = (networks: readonly string[]): ((address: string) => boolean) => {
  const spans = networks.map(parseCidr)
  return (address) => {
    const value = toNumber(address)
    return spans.some(({ first, last }) => value >= first && value <= last)
  }
}
