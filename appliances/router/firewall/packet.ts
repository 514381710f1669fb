import { createFirstMatch, type Packet } from 'node-iptables'
import type { Flow } from '../flows.ts'
import { toFirstMatch } from './list.ts'
import type { FilterList } from './rule.ts'

const transportOf = ({ protocol, icmp }: Flow, port: number | undefined): Omit<Packet, 'source' | 'destination'> => ({
  protocol,
  ...(port === undefined ? {} : { destinationPort: port }),
  ...(icmp === undefined ? {} : { icmpType: Number(icmp[0]), icmpCode: Number(icmp[1]) }),
})

/** The packet that began a flow, as its sender wrote it. */
export const sentPacket = (flow: Flow): Packet => ({
  source: flow.original.source,
  destination: flow.original.destination,
  ...transportOf(flow, flow.original.destinationPort),
})

/** The same once its destination was translated: its answers come from there. */
export const translatedPacket = (flow: Flow): Packet => ({
  source: flow.original.source,
  destination: flow.reply.source,
  ...transportOf(flow, flow.reply.sourcePort),
})

/** Whether the connection's destination was translated. */
export const isTranslated = ({ original, reply }: Flow): boolean =>
  original.destination !== reply.source || original.destinationPort !== reply.sourcePort

/** What a list says about packets; the list is read once. */
export const listDecides = ({ rules, otherwise }: FilterList): ((packet: Packet) => boolean) => {
  const decide = createFirstMatch(rules.map((rule) => toFirstMatch(rule, { allow: 'ACCEPT', deny: 'DROP' })))
  return (packet) => (decide(packet)?.verdict ?? (otherwise === 'allow' ? 'ACCEPT' : 'DROP')) === 'ACCEPT'
}
