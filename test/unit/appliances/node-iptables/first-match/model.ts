import { BlockList, isIPv6 } from 'node:net'
import type { FirstMatchRule, Packet } from 'node-iptables'

/** The list as a person reads it, with none of the library's code. */
const holds = (network: string, address: string): boolean => {
  if (isIPv6(address) !== network.includes(':')) return false
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  const [base = '', prefix] = network.split('/')
  const [first = '', last] = network.split('-')
  if (prefix !== undefined) list.addSubnet(base, Number(prefix), family)
  else if (last !== undefined) list.addRange(first, last, family)
  else list.addAddress(network, family)
  return list.check(address, family)
}

const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 }
const numberOf = (protocol: string | number): number => numbers[protocol] ?? Number(protocol)

const matches = (rule: FirstMatchRule, packet: Packet): boolean => {
  const { protocol, destinationPort, icmpType, icmpCode, source, destination } = rule
  if (protocol !== undefined && numberOf(protocol) !== numberOf(packet.protocol)) return false
  if (destinationPort !== undefined) {
    const [first, last] = String(destinationPort).split('-').map(Number)
    const port = packet.destinationPort ?? -1
    if (port < (first ?? 0) || port > (last ?? first ?? 0)) return false
  }
  if (icmpType !== undefined && icmpType !== packet.icmpType) return false
  if (icmpCode !== undefined && icmpCode !== packet.icmpCode) return false
  if (source !== undefined && !source.some((network) => holds(network, packet.source))) return false
  return destination === undefined || destination.some((network) => holds(network, packet.destination))
}

/** Place of the first rule that matches, -1 where none does. */
export const naive = (rules: readonly FirstMatchRule[], packet: Packet): number =>
  rules.findIndex((rule) => matches(rule, packet))
