import { createHash } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { MachineNic, MachineSpec } from '../driver.ts'
import { portName, portPrefix } from '../paths.ts'
import { inwardRules, outwardRules, SECURITY_SKELETON, trackingLines } from './security.ts'

/** The host's own table: one map from a port to its chain, so that a frame costs the same however many ports there are. */
const TABLE = 'bridge sysvm'
const SKELETON = `table ${TABLE} {
  map guards { type ifname : verdict; }
  chain prerouting { type filter hook prerouting priority -200; policy accept; }
}
flush chain ${TABLE} prerouting
add rule ${TABLE} prerouting iifname vmap @guards`

/** The link-local address that a MAC address gives (RFC 4291, appendix A). */
export const linkLocal = (mac: string): string => {
  const [a = 0, ...rest] = mac.split(':').map((octet) => Number.parseInt(octet, 16))
  const octets = [a ^ 2, rest[0], rest[1], 0xff, 0xfe, ...rest.slice(2)].map((octet = 0) =>
    octet.toString(16).padStart(2, '0'),
  )
  return `fe80::${octets.join('').replace(/(....)(?=.)/g, '$1:')}`
}

/** All 128 bits as nft writes a raw payload. */
const bits = (address: string): string => {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string | undefined) => (text ?? '').split(':').filter(Boolean)
  const gap = 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array<string>(tail === undefined ? 0 : gap).fill('0'), ...groups(tail)]
  return `0x${all.map((group) => group.padStart(4, '0')).join('')}`
}

/**
 * Addresses that nobody else is known by: most systems make theirs up (RFC 7217, 8981), and do without the one of their
 * MAC address. Not among them are those of MAC addresses, which hold ff:fe in their middle, and those that people give,
 * whose host part begins with zeros, the router's for one. `header` is where the address begins, in bits.
 */
const madeUp = (header: 'nh' | 'th'): { readonly is: string; readonly isNot: readonly string[] } => {
  const [first, middle] = [`@${header},128,16`, `@${header},152,16`]
  return { is: `${first} != 0 ${middle} != 0xfffe`, isNot: [`${first} 0`, `${middle} 0xfffe`] }
}

const set = (values: readonly string[]): string => `{ ${values.join(', ')} }`

/**
 * What a guest may send from a port, a rule each: frames from its own MAC address; IPv4, ARP and IPv6 from its own
 * addresses, of IPv6 also such as it makes up; requests of a DHCP client, but no answers of a server, and no router
 * advertisements or redirects. Pure.
 */
export function guardRules({ mac, addresses = [] }: MachineNic): string[] {
  const v4 = addresses.filter(isIPv4)
  const v6 = [linkLocal(mac), ...addresses.filter(isIPv6)]
  const networks = [...new Set(v6.map((address) => bits(address).slice(0, 18)))]
  // Source and target begin at bit 64 of their headers, host parts at bit 128; nft 1.0.6 has no word for the target.
  const [source, target] = [madeUp('nh'), madeUp('th')]
  const own = set(v6.map(bits))
  const advertises = `ether type ip6 icmpv6 type nd-neighbor-advert @th,64,128 != ${own}`
  const asks = 'ether type ip6 ip6 saddr :: icmpv6 type nd-neighbor-solicit'
  const arp = `arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp saddr ether ${mac} arp saddr ip`
  return [
    `ether saddr != ${mac} counter drop`,
    // 0.0.0.0 asks whether an address is free (RFC 5227, 2.1.1).
    `ether type arp ${arp} ${set(['0.0.0.0', ...v4])} accept`,
    'ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept',
    'ether type ip udp sport 67 counter drop',
    ...(v4.length === 0 ? [] : [`ether type ip ip saddr ${set(v4)} accept`]),
    'ether type ip6 icmpv6 type { nd-router-advert, nd-redirect, router-renumbering } counter drop',
    'ether type ip6 udp sport 547 counter drop',
    `${advertises} @th,64,64 != ${set(networks)} counter drop`,
    ...target.isNot.map((foreign) => `${advertises} ${foreign} counter drop`),
    `ether type ip6 ip6 saddr ${set(v6)} accept`,
    `ether type ip6 @nh,64,64 ${set(networks)} ${source.is} accept`,
    // Before it has an address it asks whether that is free, for routers, and to hear who else asks (RFC 4862, 3810).
    `${asks} @th,64,128 ${own} accept`,
    `${asks} @th,64,64 ${set(networks)} ${target.is} accept`,
    'ether type ip6 ip6 saddr :: icmpv6 type { nd-router-solicit, mld-listener-report, mld2-listener-report } accept',
    'counter drop',
  ]
}

/** Ports that are guarded now, with the fingerprints of their rules. */
export type Guards = ReadonlyMap<string, string>

interface Listed {
  readonly nftables: readonly {
    readonly map?: { readonly elem?: readonly [string | { elem: { val: string; comment?: string } }, unknown][] }
  }[]
}

/** What `nft -j list map bridge sysvm guards` prints. */
export const parseGuards = (json: string): Guards =>
  new Map(
    (JSON.parse(json) as Listed).nftables
      .flatMap(({ map }) => map?.elem ?? [])
      .map(([key]) => (typeof key === 'string' ? [key, ''] : [key.elem.val, key.elem.comment ?? ''])),
  )

/** Chains of a port, by the map that leads to them: what it sends, may begin, and may get. */
const chainsOf = (port: string): readonly (readonly [map: string, chain: string, verdict: 'goto' | 'jump'])[] => [
  ['guards', port, 'goto'],
  ['outward', `${port}.out`, 'jump'],
  ['inward', `${port}.in`, 'jump'],
]

/** Lines that unguard a port whether it is guarded or not: each thing is added so that it can be deleted. */
const unguardLines = (port: string): string[] =>
  chainsOf(port).flatMap(([map, chain, verdict]) => [
    `add chain ${TABLE} ${chain}`,
    `add element ${TABLE} ${map} { "${port}" : ${verdict} ${chain} }`,
    `delete element ${TABLE} ${map} { "${port}" }`,
    `flush chain ${TABLE} ${chain}`,
  ])

type Rules = Readonly<Record<'guards' | 'outward' | 'inward', readonly string[] | undefined>>

const rulesOf = (nic: MachineNic): Rules => ({
  guards: guardRules(nic),
  outward: nic.security && outwardRules(nic.security),
  inward: nic.security && inwardRules(nic.security),
})

const guardLines = (port: string, rules: Rules, fingerprint: string): string[] => [
  ...unguardLines(port),
  ...chainsOf(port).flatMap(([map, chain, verdict]) => {
    const lines = rules[map as keyof Rules]
    if (lines === undefined) return [`delete chain ${TABLE} ${chain}`]
    const comment = map === 'guards' ? ` comment "${fingerprint}"` : ''
    return [
      ...lines.map((rule) => `add rule ${TABLE} ${chain} ${rule}`),
      `add element ${TABLE} ${map} { "${port}"${comment} : ${verdict} ${chain} }`,
    ]
  }),
]

const transaction = (lines: readonly string[], zones: ReadonlyMap<string, number> = new Map()): string | undefined =>
  lines.length === 0
    ? undefined
    : [SKELETON, SECURITY_SKELETON(TABLE), ...trackingLines(zones), ...lines, ''].join('\n')

const guardedNics = (machine: MachineSpec): readonly MachineNic[] =>
  machine.nics.filter(({ addresses }) => addresses !== undefined)

/** Bridges whose flows must be known. */
export const trackedBridges = (machine: MachineSpec): string[] =>
  guardedNics(machine).flatMap(({ bridge, security }) => (security === undefined ? [] : [bridge]))

/**
 * The transaction that guards the machine's nics as they should be, with zones for bridges that have none; undefined
 * when they are. Pure.
 */
export const guardTransaction = (
  machine: MachineSpec,
  guards: Guards,
  zones?: ReadonlyMap<string, number>,
): string | undefined =>
  transaction(
    guardedNics(machine).flatMap((nic) => {
      const port = portName(machine.name, nic)
      const rules = rulesOf(nic)
      const fingerprint = createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 16)
      return guards.get(port) === fingerprint ? [] : guardLines(port, rules, fingerprint)
    }),
    zones,
  )

/** The transaction that unguards what was a port of the machine and is none of these; undefined for none. Pure. */
export const unguardTransaction = (name: string, nics: readonly MachineNic[], guards: Guards): string | undefined => {
  const kept = new Set(nics.filter(({ addresses }) => addresses !== undefined).map((nic) => portName(name, nic)))
  const stale = [...guards.keys()].filter((port) => port.startsWith(portPrefix(name)) && !kept.has(port))
  return transaction(
    stale.flatMap((port) => [
      ...unguardLines(port),
      ...chainsOf(port).map(([, chain]) => `delete chain ${TABLE} ${chain}`),
    ]),
  )
}
