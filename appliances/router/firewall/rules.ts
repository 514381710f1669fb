import type { Rule } from 'node-iptables'
import { CONTROL_NETWORK, METADATA_ADDRESS } from '../whole.ts'

/** Devices of a router by their role. */
export interface Sides {
  readonly control: readonly string[]
  readonly guest: readonly string[]
  readonly public: readonly string[]
}

export const SSH_PORT = 3922

/** Only where a role has devices: an empty list matches nothing. */
const from = (devices: readonly string[], ...rules: readonly Omit<Rule, 'in'>[]): readonly Rule[] =>
  devices.length === 0 ? [] : rules.map((rule) => ({ in: devices, ...rule }))

/** Before connection tracking: what cannot honestly come from where it came from. */
export const sourceRules = (sides: Sides): readonly Rule[] => [
  { in: 'lo', jump: 'RETURN' },
  ...from(
    sides.control,
    { source: { not: CONTROL_NETWORK }, counter: 'spoofed', jump: 'DROP' },
    // Guests can fill the table of connections; the manager must not need a place in it.
    { protocol: 'tcp', destinationPort: SSH_PORT, jump: 'NOTRACK' },
  ),
  ...from(
    sides.guest,
    // A guest that has no address yet asks for one.
    { protocol: 'udp', sourcePort: 68, destinationPort: 67, source: '0.0.0.0', jump: 'RETURN' },
    { lookup: { key: ['in', 'source'], set: 'guest_sources', not: true }, counter: 'spoofed', jump: 'DROP' },
    { destination: METADATA_ADDRESS, jump: 'RETURN' },
    { destination: CONTROL_NETWORK, counter: 'to_control', jump: 'DROP' },
  ),
  ...from(
    sides.public,
    { source: { set: 'martians' }, counter: 'spoofed', jump: 'DROP' },
    { destination: { set: 'martians' }, counter: 'spoofed', jump: 'DROP' },
    { reversePath: 'missing', counter: 'spoofed', jump: 'DROP' },
  ),
]

/** The answers to what is not tracked on its way in. */
export const answerRules = ({ control }: Sides): readonly Rule[] =>
  control.length === 0 ? [] : [{ out: control, protocol: 'tcp', sourcePort: SSH_PORT, jump: 'NOTRACK' }]

const stateful: readonly Rule[] = [
  { state: ['established', 'related'], jump: 'ACCEPT' },
  { state: 'invalid', counter: 'invalid', jump: 'DROP' },
]

/** To the router itself. */
export const inputRules = (sides: Sides, dhcp: boolean): readonly Rule[] => [
  ...stateful,
  { in: 'lo', jump: 'ACCEPT' },
  ...from(sides.control, { protocol: 'tcp', destinationPort: SSH_PORT, jump: 'ACCEPT' }),
  ...from(
    sides.guest,
    ...(dhcp ? [{ protocol: 'udp', sourcePort: 68, destinationPort: 67, jump: 'ACCEPT' } as const] : []),
    {
      protocol: ['tcp', 'udp'],
      lookup: { key: ['in', 'destination', 'protocol', 'destinationPort'], set: 'guest_services' },
      jump: 'ACCEPT',
    },
    {
      icmpType: 'echo-request',
      lookup: { key: ['in', 'destination'], set: 'guest_gateways' },
      limit: { rate: 100, per: 'second', burst: 200 },
      jump: 'ACCEPT',
    },
  ),
  { counter: 'input_dropped', jump: 'DROP' },
]

/** Through the router. The control network is never on either side of a packet. */
export const forwardRules = (sides: Sides, egress: 'allow' | 'deny'): readonly Rule[] => [
  ...from(sides.control, { counter: 'to_control', jump: 'DROP' }),
  ...(sides.control.length === 0 ? [] : [{ out: sides.control, counter: 'to_control', jump: 'DROP' } as const]),
  ...stateful,
  ...(egress === 'allow' && sides.public.length > 0 ? from(sides.guest, { out: sides.public, jump: 'ACCEPT' }) : []),
  { counter: 'forward_dropped', jump: 'DROP' },
]
