import { NetfilterError } from '../errors.ts'
import type { Family, Field, KeyType } from '../model.ts'

/** Types that a field can have; addresses have two. */
const kinds: Readonly<Record<Field, readonly KeyType[]>> = {
  in: ['ifname'],
  out: ['ifname'],
  sourceMac: ['ether_addr'],
  source: ['ipv4_addr', 'ipv6_addr'],
  destination: ['ipv4_addr', 'ipv6_addr'],
  protocol: ['inet_proto'],
  sourcePort: ['inet_service'],
  destinationPort: ['inet_service'],
  mark: ['mark'],
  connectionMark: ['mark'],
}

const expressions: Readonly<Record<Exclude<Field, 'source' | 'destination'>, string>> = {
  in: 'iifname',
  out: 'oifname',
  sourceMac: 'ether saddr',
  protocol: 'meta l4proto',
  sourcePort: 'th sport',
  destinationPort: 'th dport',
  mark: 'meta mark',
  connectionMark: 'ct mark',
}

/** nft's expression for a field whose values have this type. */
export const fieldText = (field: Field, kind: KeyType): string => {
  if (field !== 'source' && field !== 'destination') return expressions[field]
  return `${kind === 'ipv6_addr' ? 'ip6' : 'ip'} ${field === 'source' ? 'saddr' : 'daddr'}`
}

/** Type of a field in a table of this family, told by its values where both are possible. */
export const kindOf = (field: Field, family: Family, sample: string | number | undefined): KeyType => {
  const [first = 'mark', second] = kinds[field]
  if (second === undefined) return first
  if (family !== 'inet') return family === 'ip6' ? second : first
  return String(sample).includes(':') ? second : first
}

/** `ip daddr . meta l4proto . th dport`, checked against the type of the set or map it is looked up in. */
export const keyText = (fields: readonly Field[], key: readonly KeyType[], name: string): string => {
  const fits =
    fields.length === key.length && fields.every((field, index) => kinds[field].includes(key[index] ?? 'mark'))
  if (!fits)
    throw new NetfilterError(
      'NFT_REFERENCE',
      `${fields.join(' . ')} cannot be looked up in ${name}: ${key.join(' . ')}`,
    )
  return fields.map((field, index) => fieldText(field, key[index] ?? 'mark')).join(' . ')
}
