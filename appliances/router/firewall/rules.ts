import type { Rule } from 'node-iptables'
import { CONTROL_NETWORK, METADATA_ADDRESS } from '../whole.ts'

/** Devices of a router by their role. */
export interface Sides {
  readonly control: readonly string[]
  readonly guest: readonly string[]
  readonly public: readonly string[]
  readonly private: readonly string[]
}

/** Guest devices by what decides about packets to them. */
export interface Governed {
  /** Translated connections pass: the firewall has decided on the address they came to. */
  readonly translated: readonly string[]
  /** A list decides, and what it lets pass does. */
  readonly listed: readonly string[]
}

export const SSH_PORT = 3922

/** Only where a role has devices: an empty list matches nothing. */
const from = (devices: readonly string[], ...rules: readonly Omit<Rule, 'in'>[]): readonly Rule[] =>
  devices.length === 0 ? [] : rules.map((rule) => ({ in: devices, ...rule }))

const to = (devices: readonly string[], ...rules: readonly Omit<Rule, 'out'>[]): readonly Rule[] =>
  devices.length === 0 ? [] : rules.map((rule) => ({ out: devices, ...rule }))

/** Before connection tracking: what cannot honestly come from where it came from. */
export const sourceRules = (sides: Sides): readonly Rule[] => [
  { in: 'lo', jump: 'RETURN' },
  { jump: { target: 'JUMP', chain: 'source_services' } },
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
  ...from(
    sides.private,
    { destination: CONTROL_NETWORK, counter: 'to_control', jump: 'DROP' },
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

/** What of the router's own services is asked for. */
export interface Asked {
  readonly dhcp: boolean
  readonly balancer: boolean
  /** Some public addresses are governed, so that a ping to them has been decided on. */
  readonly addresses: boolean
}

/** To the router itself. */
export const inputRules = (sides: Sides, { dhcp, balancer, addresses }: Asked): readonly Rule[] => [
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
  ...(addresses
    ? [
        {
          destination: { set: 'public_addresses' },
          icmpType: 'echo-request',
          limit: { rate: 100, per: 'second', burst: 200 },
          jump: 'ACCEPT',
        } as const,
      ]
    : []),
  ...(balancer
    ? [
        {
          protocol: 'tcp',
          lookup: { key: ['destination', 'protocol', 'destinationPort', 'source'], set: 'lb_listeners' },
          jump: { target: 'GOTO', chain: 'balanced' },
        } as const,
      ]
    : []),
  { jump: { target: 'JUMP', chain: 'input_services' } },
  { counter: 'input_dropped', jump: 'DROP' },
]

/**
 * Through the router. The control network is never on either side of a packet. What the firewall or an ACL has to say is
 * in the maps: first of the device the packet comes from, then of the one it goes to.
 */
export const forwardRules = (sides: Sides, { translated, listed }: Governed): readonly Rule[] => {
  const outward = [...sides.public, ...sides.private]
  return [
    ...from(sides.control, { counter: 'to_control', jump: 'DROP' }),
    ...to(sides.control, { counter: 'to_control', jump: 'DROP' }),
    ...stateful,
    // It was decided on the public address that it came to.
    ...to(translated, { status: 'dnat', jump: 'ACCEPT' }),
    { jump: { target: 'LOOKUP', key: ['in'], map: 'leaving' } },
    { jump: { target: 'LOOKUP', key: ['out'], map: 'entering' } },
    ...(outward.length === 0 ? [] : from(sides.guest, { out: outward, jump: 'ACCEPT' })),
    ...to(listed, { jump: 'ACCEPT' }),
    { jump: { target: 'JUMP', chain: 'forward_services' } },
    { counter: 'forward_dropped', jump: 'DROP' },
  ]
}

/** To a load balancer's listener, from a client that it takes. */
export const balancedRules: readonly Rule[] = [{ jump: { target: 'JUMP', chain: 'balanced_acl' } }, { jump: 'ACCEPT' }]
