import { fromBigInt, toBigInt } from '@sysvm/agent/spec'

const isSix = (address: string): boolean => address.includes(':')

const numberOf = (address: string): bigint =>
  isSix(address) ? toBigInt(address) : address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)

const textOf = (value: bigint, six: boolean): string =>
  six ? fromBigInt(value) : [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')

/** Few networks that hold all of `wanted` and none of `kept`; all are addresses of one family. Pure. */
export const coverOf = (wanted: readonly string[], kept: readonly string[]): readonly string[] => {
  const six = [...wanted, ...kept].some(isSix)
  const bits = six ? 128 : 32
  const networks: string[] = []
  const split = (first: bigint, prefix: number, inside: readonly bigint[], without: readonly bigint[]): void => {
    if (inside.length === 0) return
    if (without.length === 0 || prefix === bits) {
      networks.push(`${textOf(first, six)}/${prefix}`)
      return
    }
    const middle = first + (1n << BigInt(bits - prefix - 1))
    const lower = (value: bigint): boolean => value < middle
    const upper = (value: bigint): boolean => value >= middle
    split(first, prefix + 1, inside.filter(lower), without.filter(lower))
    split(middle, prefix + 1, inside.filter(upper), without.filter(upper))
  }
  split(0n, 0, [...new Set(wanted)].map(numberOf), [...new Set(kept)].map(numberOf))
  return networks
}
