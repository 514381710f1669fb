import fc from 'fast-check'
import type { FirstMatchRule, Packet, Verdict } from 'node-iptables'

/** Networks within networks, so that rules overlap in every way. */
const networks4 = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.1.0/24',
  '10.1.1.4-10.1.1.9',
  '10.1.1.7',
  '172.16.0.9/12',
]
const networks6 = ['::/0', '2001:db8::/32', '2001:db8:1::/48', '2001:db8:1::7', '2001:db8:1::5-2001:db8:1::a']
const addresses4 = ['10.1.1.7', '10.1.1.5', '10.1.1.200', '10.1.9.1', '10.200.0.1', '172.17.0.1', '192.0.2.1']
const addresses6 = ['2001:db8:1::7', '2001:db8:1::6', '2001:db8:1::ffff', '2001:db8:ffff::1', 'fd00::1']
const ports = [1, 22, 79, 80, 81, 443, 8080, 65_535]

/** Verdicts are chains of their own, so that a test sees which one it was. */
export const verdicts = ['v0', 'v1', 'v2'].map((chain): Verdict => ({ target: 'GOTO', chain }))

const networks = fc.oneof(
  fc.constant(undefined),
  fc.uniqueArray(fc.constantFrom(...networks4), { minLength: 1, maxLength: 3 }),
  fc.uniqueArray(fc.constantFrom(...networks6), { minLength: 1, maxLength: 2 }),
  fc.constant(['0.0.0.0/0', '::/0']),
)

const port = fc.oneof(
  fc.constantFrom(...ports),
  fc
    .tuple(fc.constantFrom(...ports), fc.constantFrom(...ports))
    .map((ends) => ends.toSorted((a, b) => a - b).join('-')),
)

const transport: fc.Arbitrary<Partial<FirstMatchRule>> = fc.oneof(
  fc.constant({}),
  fc.record({ protocol: fc.constantFrom('tcp', 'udp', 'icmp', 'icmpv6', 47, 6) }),
  fc.record({ protocol: fc.constantFrom('tcp', 'udp'), destinationPort: port }),
  fc.record({ protocol: fc.constantFrom('tcp', 'udp'), destinationPort: port }),
  fc.record({ protocol: fc.constantFrom('icmp', 'icmpv6'), icmpType: fc.constantFrom(0, 8, 128, 255) }),
  fc.record({
    protocol: fc.constantFrom('icmp', 'icmpv6'),
    icmpType: fc.constantFrom(0, 8, 128, 255),
    icmpCode: fc.constantFrom(0, 3, 255),
  }),
)

export const ruleArbitrary: fc.Arbitrary<FirstMatchRule> = fc
  .tuple(transport, networks, networks, fc.constantFrom(...verdicts))
  .map(([packet, source, destination, verdict]) => ({
    ...packet,
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
    verdict,
  }))

export const rulesArbitrary = fc.oneof(
  fc.array(ruleArbitrary, { maxLength: 12 }),
  fc.array(ruleArbitrary, { minLength: 20, maxLength: 60 }),
)

/** Long enough for maps that are keyed by what differs most. */
export const longRulesArbitrary = fc.array(ruleArbitrary, { minLength: 150, maxLength: 200 })

const sides = fc.oneof(
  fc.tuple(fc.constantFrom(...addresses4), fc.constantFrom(...addresses4)),
  fc.tuple(fc.constantFrom(...addresses6), fc.constantFrom(...addresses6)),
)

const sent = fc.oneof(
  fc.record({ protocol: fc.constantFrom('tcp', 'udp'), destinationPort: fc.constantFrom(...ports, 21, 444) }),
  fc.record({
    protocol: fc.constantFrom('icmp', 'icmpv6'),
    icmpType: fc.constantFrom(0, 8, 128, 255, 13),
    icmpCode: fc.constantFrom(0, 3, 255, 1),
  }),
  fc.record({ protocol: fc.constantFrom(47, 132) }),
)

export const packetArbitrary: fc.Arbitrary<Packet> = fc
  .tuple(sides, sent)
  .map(([[source, destination], packet]) => ({ source, destination, ...packet }))
