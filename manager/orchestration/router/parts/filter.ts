import type { FilterRuleInput } from '@sysvm/router/spec'

/** A rule or an ACL's item as the database has it. */
export interface FilterRow {
  readonly id: string
  /** Of an ACL's item. */
  readonly number?: number
  readonly kind?: string
  /** `tcp`, `udp`, `icmp`, `all` or a protocol's number. */
  readonly protocol: string
  readonly startport: number | null
  readonly endport: number | null
  readonly icmptype: number | null
  readonly icmpcode: number | null
  readonly cidrlist: readonly string[]
  readonly destcidrlist?: readonly string[]
}

const names = ['tcp', 'udp', 'icmp', 'all'] as const

const isSix = (cidr: string): boolean => cidr.includes(':')

const protocolOf = (text: string, six: boolean): FilterRuleInput['protocol'] => {
  if (text === 'icmp' && six) return 'icmpv6'
  return names.find((name) => name === text) ?? Number(text)
}

/** The rule in one family: ICMP is another protocol in IPv6. */
const inFamily = (
  row: FilterRow,
  action: 'allow' | 'deny',
  six: boolean,
  sources: readonly string[],
  destinations: readonly string[],
): FilterRuleInput => ({
  id: row.id,
  ...(row.number === undefined ? {} : { number: row.number }),
  action,
  protocol: protocolOf(row.protocol, six),
  ...(row.startport === null || row.endport === null ? {} : { ports: [row.startport, row.endport] }),
  ...(row.icmptype === null
    ? {}
    : { icmp: { type: row.icmptype, ...(row.icmpcode === null ? {} : { code: row.icmpcode }) } }),
  ...(sources.length === 0 ? {} : { sources: [...sources] }),
  ...(destinations.length === 0 ? {} : { destinations: [...destinations] }),
})

/** What the router is told of a row; two rules where one says something about both families' ICMP. Pure. */
export const filterRule = (row: FilterRow, action: 'allow' | 'deny'): readonly FilterRuleInput[] => {
  const { cidrlist: sources, destcidrlist: destinations = [] } = row
  const all = [...sources, ...destinations]
  if (row.protocol !== 'icmp') return [inFamily(row, action, false, sources, destinations)]
  return [false, true].flatMap((six) => {
    // A row that names networks of the other family only says nothing about this one.
    if (all.length > 0 && !all.some((cidr) => isSix(cidr) === six)) return []
    const own = (list: readonly string[]): string[] => list.filter((cidr) => isSix(cidr) === six)
    return [inFamily(row, action, six, own(sources), own(destinations))]
  })
}
