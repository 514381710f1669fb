import { fromNumber, overlaps, parseCidr } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Network form, of a size that hosts can live in. */
export const checkSubnet = (parameter: string, cidr: string): void => {
  const { network, prefix } = parseCidr(cidr)
  if (network !== cidr.split('/')[0])
    throw bad(`Parameter ${parameter}: ${cidr} has bits set behind its prefix; it is ${network}/${prefix}.`)
  if (prefix < 8 || prefix > 29) throw bad(`Parameter ${parameter}: ${cidr}: take a prefix length from 8 to 29.`)
}

export const isInside = (outer: string, inner: string): boolean => {
  const [whole, part] = [parseCidr(outer), parseCidr(inner)]
  return part.first >= whole.first && part.last <= whole.last
}

/** The first block of this prefix length in the parent that meets none of those taken; undefined when it is full. Pure. */
export const firstFree = (parent: string, taken: readonly string[], prefix: number): string | undefined => {
  const { first, last } = parseCidr(parent)
  const size = 2 ** (32 - prefix)
  const used = taken.map(parseCidr).toSorted((a, b) => a.first - b.first)
  let start = first
  for (const block of used) {
    if (start + size - 1 < block.first) break
    // The next multiple of the size behind what is taken.
    if (block.last >= start) start = Math.ceil((block.last + 1) / size) * size
  }
  return start + size - 1 > last ? undefined : `${fromNumber(start)}/${prefix}`
}

export const meetsOf = (taken: readonly string[], cidr: string): string | undefined =>
  taken.find((other) => overlaps(other, cidr))
