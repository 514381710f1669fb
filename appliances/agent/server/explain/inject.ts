import type { PacketFlow } from '../../service/decision.ts'

/**
 * Both ends of a wire from the router to itself. What is sent into one comes out of the other as if the network behind
 * a device had sent it (tc-mirred(8)). 198.18.0.0/15 (RFC 2544) and 2001:2::/48 (RFC 5180) are for such tests and lead
 * nowhere else.
 */
export const WIRE = {
  in: 'sysvm-t0',
  out: 'sysvm-t1',
  ipv4: { own: '198.18.255.1', peer: '198.18.255.2', hop: '198.18.255.3' },
  ipv6: { own: '2001:2::1', peer: '2001:2::2', hop: '2001:2::3' },
} as const
const TABLE = 'inet sysvm_explain'
/** After everything that may decide about a packet, before the kernel remembers its connection. */
const LAST = 2_000_000_000

export const isSix = ({ source }: Pick<PacketFlow, 'source'>): boolean => source.includes(':')

export interface Injection extends PacketFlow {
  /** The device it comes in by. */
  readonly device: string
  readonly mac: string
  readonly sourcePort: number
}

/** What is injected, as far as a wire for it must be told. */
export type Wired = Pick<Injection, 'device' | 'mac'> & { readonly flow?: PacketFlow | undefined }

const { ipv4, ipv6 } = WIRE

const carriesSix = (wired: Wired): wired is Wired & { readonly flow: PacketFlow } =>
  wired.flow !== undefined && isSix(wired.flow)

/**
 * Lines for `ip -batch` that make the wire. Its far end has the device's MAC address: the frame is for the device. An
 * IPv6 wire's ends make themselves no addresses and say nothing of their own.
 */
export const wireLines = (wired: Wired): string =>
  [
    `link add ${WIRE.in} type veth peer name ${WIRE.out} address ${wired.mac}`,
    ...(carriesSix(wired) ? [WIRE.out, WIRE.in].map((end) => `link set dev ${end} addrgenmode none`) : []),
    '',
  ].join('\n')

/** What sysctl(8) writes then: devices that nobody knows begin without IPv6. */
export const wireKeys = (wired: Wired): readonly string[] =>
  carriesSix(wired) ? [`net/ipv6/conf/${WIRE.in}/disable_ipv6=0`] : []

/** Lines for `ip -batch` that lead over the wire. */
export const routeLines = (wired: Wired): string => {
  const { mac } = wired
  return [
    `link set dev ${WIRE.out} up`,
    `link set dev ${WIRE.in} up`,
    ...(carriesSix(wired)
      ? [
          `address add ${ipv6.own}/128 dev ${WIRE.in} nodad`,
          // By a next hop: without one the neighbour is that of the address as it is rewritten.
          `route add ${ipv6.peer}/128 via ${ipv6.hop} dev ${WIRE.in} onlink src ${ipv6.own}`,
          `neighbour replace ${ipv6.hop} lladdr ${mac} dev ${WIRE.in}`,
        ]
      : [
          `address add ${ipv4.own}/32 dev ${WIRE.in}`,
          `route add ${ipv4.peer}/32 via ${ipv4.hop} dev ${WIRE.in} onlink src ${ipv4.own}`,
          `neighbour replace ${ipv4.hop} lladdr ${mac} dev ${WIRE.in}`,
        ]),
    '',
  ].join('\n')
}

/** Lines for `tc -batch` that turn the wire's far end into the device. */
export const redirectLines = (wired: Wired): string => {
  const filter = `filter add dev ${WIRE.out} parent ffff: protocol`
  const match = carriesSix(wired)
    ? `ipv6 prio 1 u32 match ip6 src ${wired.flow.source}/128 match ip6 dst ${wired.flow.destination}/128`
    : 'ip prio 1 u32 match u32 0 0'
  return [
    `qdisc add dev ${WIRE.out} handle ffff: ingress`,
    `${filter} ${match} action mirred ingress redirect dev ${wired.device}`,
    '',
  ].join('\n')
}

export const removeTable = `table ${TABLE} {}\ndelete table ${TABLE}\n`

/**
 * Writes the flow's addresses into what is sent over the wire, marks it where it comes in again, and takes it away when
 * all is decided: nobody gets it, and no connection of it is remembered.
 */
export const injectRuleset = (injection: Injection): string => {
  const { source, destination, protocol, port, device, sourcePort } = injection
  const six = isSix(injection)
  const [ip, wire] = six ? ['ip6', ipv6] : ['ip', ipv4]
  // ICMPv6 by its number: nft looks its name up in a file that the image does not have.
  const l4 = protocol === 'icmp' && six ? 58 : protocol
  const kind = six ? ' icmpv6 type echo-request' : ''
  const ports = protocol === 'icmp' ? kind : ` ${protocol} sport ${sourcePort} ${protocol} dport ${port}`
  const original = `meta l4proto ${l4} ct original ${ip} saddr ${source} ct original ${ip} daddr ${destination}`
  const ours = protocol === 'icmp' ? original : `${original} ct original proto-src ${sourcePort}`
  return `${removeTable}table ${TABLE} {
  chain output { type filter hook output priority -300; oifname "${WIRE.in}" notrack; }
  chain rewrite { type filter hook postrouting priority 300; oifname "${WIRE.in}" ${ip} saddr ${wire.own} ${ip} daddr ${wire.peer} ${ip} saddr set ${source} ${ip} daddr set ${destination} accept; }
  chain trace { type filter hook prerouting priority -400; iifname "${device}" ${ip} saddr ${source} ${ip} daddr ${destination} meta l4proto ${l4}${ports} meta nftrace set 1; }
  chain forwarded { type filter hook postrouting priority ${LAST}; ${ours} drop; }
  chain delivered { type filter hook input priority ${LAST}; ${ours} drop; }
}
`
}

/** A guest without an address asks everybody. */
export const dhcpRuleset = `${removeTable}table ${TABLE} {
  chain output { type filter hook output priority -300; oifname "${WIRE.in}" notrack; }
  chain rewrite { type filter hook postrouting priority 300; oifname "${WIRE.in}" ip saddr set 0.0.0.0 ip daddr set 255.255.255.255 accept; }
}
`

export const EXPLAIN_TABLE = TABLE
