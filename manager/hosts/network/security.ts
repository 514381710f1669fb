import { isIPv4 } from 'node:net'
import type { NicSecurity, SecurityRule } from '../driver.ts'

/** A bit of the packet mark: the packet belongs to a flow that was let through. */
const KNOWN = '0x01000000'
const TRACKING = 'inet sysvm_security'

/**
 * What the bridge's rules need beside guards. The bridge family has no connection tracking everywhere, so packets of
 * these bridges are shown to the IP hooks first (br_netfilter), which mark those of known flows. Flows of each bridge
 * have a zone of their own: guests of two networks may have the same addresses.
 */
export const trackingLines = (zones: ReadonlyMap<string, number>): string[] =>
  zones.size === 0
    ? []
    : [
        `table ${TRACKING} {
  map zones { typeof iifname : ct zone; }
  chain zone { type filter hook prerouting priority -300; }
  chain known { type filter hook prerouting priority -150; }
}
flush chain ${TRACKING} zone
flush chain ${TRACKING} known
add rule ${TRACKING} zone ct zone set iifname map @zones
add rule ${TRACKING} known ct zone != 0 ct state established,related meta mark set meta mark or ${KNOWN}`,
        ...[...zones].map(([bridge, zone]) => `add element ${TRACKING} zones { "${bridge}" : ${zone} }`),
      ]

/** Of the bridge table: what is of a known flow passes, all else is asked of the port it comes from and goes to. */
export const SECURITY_SKELETON = (table: string): string => `table ${table} {
  map outward { type ifname : verdict; }
  map inward { type ifname : verdict; }
  chain security { type filter hook forward priority 100; policy accept; }
}
flush chain ${table} security
add rule ${table} security meta mark and ${KNOWN} == ${KNOWN} accept
add rule ${table} security iifname vmap @outward
add rule ${table} security oifname vmap @inward`

interface Listed {
  readonly nftables: readonly { readonly map?: { readonly elem?: readonly [string, number][] } }[]
}

/** What `nft -j list map inet sysvm_security zones` prints. */
export const parseZones = (json: string): ReadonlyMap<string, number> =>
  new Map((JSON.parse(json) as Listed).nftables.flatMap(({ map }) => map?.elem ?? []))

/** Zones of bridges that have none yet: the smallest free numbers, of which there are 65535. Pure. */
export const newZones = (
  bridges: readonly string[],
  taken: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> => {
  const used = new Set(taken.values())
  const given = new Map<string, number>()
  let next = 1
  for (const bridge of new Set(bridges)) {
    if (taken.has(bridge)) continue
    while (used.has(next)) next += 1
    used.add(next)
    given.set(bridge, next)
  }
  return given
}

const ERRORS = 'destination-unreachable, packet-too-big, time-exceeded, parameter-problem'
const NEIGHBOURS =
  'nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, ' +
  'mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report'

/** Without these there is no network: ARP, neighbour discovery, and what IPv6 cannot do without (RFC 4890, 4.3.1). */
const always = [`ether type arp return`, `ether type ip6 icmpv6 type { ${NEIGHBOURS}, ${ERRORS} } return`]

const wanted = (rule: SecurityRule, family: 4 | 6): string | undefined => {
  const { protocol, ports, icmp } = rule
  if (protocol === 'all') return ''
  if (protocol === 'tcp' || protocol === 'udp')
    return ports === undefined ? `meta l4proto ${protocol} ` : `${protocol} dport ${ports[0]}-${ports[1]} `
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    if ((protocol === 'icmp') !== (family === 4)) return undefined
    const type = icmp?.type === undefined ? `meta l4proto ${protocol} ` : `${protocol} type ${icmp.type} `
    return icmp?.code === undefined ? type : `${type}${protocol} code ${icmp.code} `
  }
  return `meta l4proto ${protocol} `
}

/** A rule as lines, one for each family that it has peers of. */
const ruleLines = (rule: SecurityRule, side: 'saddr' | 'daddr'): string[] =>
  ([4, 6] as const).flatMap((family) => {
    const peers = rule.peers.filter((peer) => isIPv4(peer.split('/')[0] ?? '') === (family === 4))
    const what = wanted(rule, family)
    if (peers.length === 0 || what === undefined) return []
    const name = family === 4 ? 'ip' : 'ip6'
    const everyone = peers.some((peer) => peer.endsWith('/0'))
    const whom = everyone ? '' : `${name} ${side} { ${peers.join(', ')} } `
    return [`ether type ${name} ${whom}${what}return`]
  })

/** What may come in to a nic that nobody asked for, a rule each. Pure. */
export const inwardRules = ({ ingress }: NicSecurity): string[] => [
  ...always,
  'ether type ip udp sport 67 udp dport 68 return',
  'ether type ip6 udp sport 547 udp dport 546 return',
  ...ingress.flatMap((rule) => ruleLines(rule, 'saddr')),
  'counter drop',
]

/** What a nic may begin, a rule each; its router's DHCP, names and metadata always. Undefined: everything. Pure. */
export const outwardRules = ({ egress, servers }: NicSecurity): string[] | undefined => {
  if (egress === null) return undefined
  const asks = servers.flatMap((server) => {
    const whom = isIPv4(server) ? `ether type ip ip daddr ${server}` : `ether type ip6 ip6 daddr ${server}`
    return [`${whom} udp dport { 53, 69 } return`, `${whom} tcp dport { 53, 80, 8080 } return`]
  })
  return [
    ...always,
    'ether type ip udp sport 68 udp dport 67 return',
    'ether type ip6 udp sport 546 udp dport 547 return',
    ...asks,
    ...egress.flatMap((rule) => ruleLines(rule, 'daddr')),
    'counter drop',
  ]
}
