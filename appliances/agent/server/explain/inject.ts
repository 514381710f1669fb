import type { PacketFlow } from '../../service/decision.ts'

/**
 * Both ends of a wire from the router to itself. What is sent into one comes out of the other as if the network behind
 * a device had sent it (tc-mirred(8)). 198.18.0.0/15 is for such tests (RFC 2544) and leads nowhere else.
 */
export const WIRE = { in: 'sysvm-t0', out: 'sysvm-t1', own: '198.18.255.1', peer: '198.18.255.2', hop: '198.18.255.3' }
const TABLE = 'inet sysvm_explain'
/** After everything that may decide about a packet, before the kernel remembers its connection. */
const LAST = 2_000_000_000

export interface Injection extends PacketFlow {
  /** The device it comes in by. */
  readonly device: string
  readonly mac: string
  readonly sourcePort: number
}

/** Lines for `ip -batch` that make the wire. Its far end has the device's MAC address: the frame is for the device. */
export const wireLines = ({ mac }: Pick<Injection, 'mac'>): string =>
  [
    `link add ${WIRE.in} type veth peer name ${WIRE.out} address ${mac}`,
    `link set dev ${WIRE.out} up`,
    `link set dev ${WIRE.in} up`,
    `address add ${WIRE.own}/32 dev ${WIRE.in}`,
    `route add ${WIRE.peer}/32 via ${WIRE.hop} dev ${WIRE.in} onlink src ${WIRE.own}`,
    `neighbour replace ${WIRE.hop} lladdr ${mac} dev ${WIRE.in}`,
    '',
  ].join('\n')

/** Lines for `tc -batch` that turn the wire's far end into the device. */
export const redirectLines = ({ device }: Pick<Injection, 'device'>): string =>
  [
    `qdisc add dev ${WIRE.out} handle ffff: ingress`,
    `filter add dev ${WIRE.out} parent ffff: protocol ip prio 1 u32 match u32 0 0 action mirred ingress redirect dev ${device}`,
    '',
  ].join('\n')

export const removeTable = `table ${TABLE} {}\ndelete table ${TABLE}\n`

/**
 * Writes the flow's addresses into what is sent over the wire, marks it where it comes in again, and takes it away when
 * all is decided: nobody gets it, and no connection of it is remembered.
 */
export const injectRuleset = ({ source, destination, protocol, port, device, sourcePort }: Injection): string => {
  const ports = protocol === 'icmp' ? '' : ` ${protocol} sport ${sourcePort} ${protocol} dport ${port}`
  const original = `meta l4proto ${protocol} ct original ip saddr ${source} ct original ip daddr ${destination}`
  const ours = protocol === 'icmp' ? original : `${original} ct original proto-src ${sourcePort}`
  return `${removeTable}table ${TABLE} {
  chain output { type filter hook output priority -300; oifname "${WIRE.in}" notrack; }
  chain rewrite { type filter hook postrouting priority 300; oifname "${WIRE.in}" ip saddr set ${source} ip daddr set ${destination} accept; }
  chain trace { type filter hook prerouting priority -400; iifname "${device}" ip saddr ${source} ip daddr ${destination} meta l4proto ${protocol}${ports} meta nftrace set 1; }
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
