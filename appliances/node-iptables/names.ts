import { NetfilterError } from './errors.ts'
import type { Table } from './model.ts'

/** Words of nft's grammar that it would read as something else where a name stands. */
const reserved = new Set([
  ...['accept', 'drop', 'return', 'continue', 'queue', 'jump', 'goto', 'reject', 'table', 'chain', 'set', 'map'],
  ...['rule', 'element', 'counter', 'counters', 'limit', 'quota', 'flow', 'meter', 'hook', 'type', 'typeof', 'flags'],
  ...['policy', 'priority', 'device', 'devices', 'elements', 'size', 'timeout', 'include', 'define', 'undefine'],
  ...['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev', 'tcp', 'udp', 'icmp', 'icmpv6', 'ether', 'vlan', 'meta', 'ct'],
  ...['rt', 'fib', 'socket', 'osf', 'numgen', 'jhash', 'symhash', 'vmap', 'snat', 'dnat', 'masquerade', 'redirect'],
  ...['log', 'notrack', 'dup', 'fwd', 'tproxy', 'synproxy', 'comment', 'mark', 'add', 'create', 'delete', 'destroy'],
  ...['insert', 'replace', 'list', 'flush', 'reset', 'rename', 'get', 'export', 'import', 'monitor', 'describe'],
  ...['all', 'and', 'or', 'xor', 'not', 'th', 'esp', 'ah', 'comp', 'dccp', 'sctp', 'udplite', 'igmp', 'gre', 'geneve'],
  ...['vxlan', 'exthdr', 'ipsec', 'secmark', 'helper', 'expectation', 'flowtable', 'sets', 'maps', 'chains', 'tables'],
  ...['ruleset', 'last', 'constant', 'dynamic', 'interval', 'auto-merge', 'performance', 'memory', 'with', 'to', 'at'],
  ...['first', 'burst', 'over', 'until', 'second', 'minute', 'hour', 'day', 'week', 'packets', 'bytes', 'xt'],
])

/** A name that nft reads back as it was written; throws NFT_NAME otherwise. */
export const checkName = (kind: string, name: string): string => {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/.test(name) && !reserved.has(name)) return name
  throw new NetfilterError('NFT_NAME', `A ${kind} cannot be named ${JSON.stringify(name)}`)
}

/** Text that nft keeps between double quotes, which it has no way to escape. */
export const quote = (what: string, text: string, bytes: number): string => {
  if (/^[\x20-\x7e]+$/.test(text) && !/["\\$*]/.test(text) && text.length <= bytes) return `"${text}"`
  throw new NetfilterError('NFT_VALUE', `${what}: ${JSON.stringify(text)} is not ${bytes} or fewer plain characters`)
}

export const tableName = (table: Pick<Table, 'family' | 'name'>): string => `${table.family} ${table.name}`

/** By name; throws NFT_DUPLICATE when two have the same. */
export const byName = <T extends { readonly name: string }>(kind: string, items: readonly T[] = []): Map<string, T> => {
  const map = new Map<string, T>()
  for (const item of items) {
    if (map.has(item.name)) throw new NetfilterError('NFT_DUPLICATE', `Two of the ${kind} are named ${item.name}`)
    map.set(item.name, item)
  }
  return map
}
