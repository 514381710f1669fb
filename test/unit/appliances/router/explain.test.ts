import type { Decision, TracedPacket } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { acl } from '@sysvm/router/acl/index'
import { firewall } from '@sysvm/router/firewall/index'
import { loadbalancer } from '@sysvm/router/loadbalancer/index'
import { nat } from '@sysvm/router/nat/index'
import { expect, test } from 'vitest'

const interfaces = [
  { device: 'eth1', mac: '02:00:00:00:00:01', role: 'guest', addresses: ['10.1.1.1/24'] },
  { device: 'eth2', mac: '02:00:00:00:00:02', role: 'public', addresses: ['198.51.100.5/24'] },
  { device: 'eth3', mac: '02:00:00:00:00:03', role: 'private', addresses: ['172.16.0.2/24'] },
]
const services = {
  interfaces: { interfaces },
  acl: {
    devices: [
      {
        device: 'eth1',
        ingress: { rules: [{ id: 'in1', protocol: 'tcp', ports: [80, 80] }], otherwise: 'deny' },
        egress: { rules: [{ id: 'out1', action: 'deny', protocol: 'icmp', icmp: { type: 8 } }], otherwise: 'allow' },
      },
      {
        device: 'eth3',
        ingress: { rules: [{ id: 'gate', action: 'deny', sources: ['172.16.9.0/24'] }], otherwise: 'allow' },
        egress: { otherwise: 'allow' },
      },
    ],
  },
  firewall: { egress: 'deny', addresses: [{ address: '198.51.100.5', rules: [{ protocol: 'all' }] }] },
  nat: {
    source: [{ network: '10.1.1.0/24', device: 'eth2', address: '198.51.100.5' }],
    static: [{ address: '198.51.100.6', guest: '10.1.1.6' }],
    forwards: [
      {
        id: 'pf',
        address: '198.51.100.5',
        protocol: 'tcp',
        port: 8000,
        endPort: 8010,
        guest: '10.1.1.7',
        guestPort: 80,
      },
    ],
  },
  loadbalancer: {
    rules: [
      {
        id: 'lb',
        device: 'eth1',
        address: '198.51.100.5',
        port: 443,
        protocol: 'tcp',
        algorithm: 'source',
        members: [],
      },
      {
        id: 'lbu',
        device: 'eth1',
        address: '198.51.100.5',
        port: 53,
        protocol: 'udp',
        algorithm: 'source',
        members: [],
      },
    ],
    certificates: [],
  },
}
const whole = { version: 1, generation: 1, name: 'r-1-VM', role: 'router', services } as unknown as SpecEnvelope

interface Explaining {
  readonly name: string
  readonly schema: { parse(value: unknown): unknown }
  readonly explain?: (spec: never, decision: Decision, whole: SpecEnvelope) => unknown
}
const ask = (service: Explaining, decision: Omit<Decision, 'rule'> & { readonly rule?: string }) =>
  service.explain?.(
    service.schema.parse(services[service.name as keyof typeof services]) as never,
    { rule: 'words', ...decision },
    whole,
  )
const packet = (more: Partial<TracedPacket>): TracedPacket => ({
  source: '10.1.1.9',
  destination: '192.0.2.1',
  protocol: 'tcp',
  destinationPort: 80,
  ...more,
})
const filter = 'inet sysvm_filter'

test('the item of an ACL that decides is named, on the side of the device that it is', () => {
  const { destinationPort: _, ...bare } = packet({ in: 'eth1' })
  const icmp: TracedPacket = { ...bare, protocol: 'icmp', icmpType: 8, icmpCode: 0 }
  const from = { table: filter, chain: 'from_eth1', verdict: 'goto acl_egress_denied' }
  expect(ask(acl, { ...from, packet: icmp })).toMatchObject({ id: 'out1' })
  expect(ask(acl, { ...from, chain: 'to_eth1', packet: packet({ out: 'eth1' }) })).toMatchObject({ id: 'in1' })
  expect(ask(acl, { ...from, chain: 'to_eth1', packet: packet({ out: 'eth1', destinationPort: 81 }) })).toEqual({
    says: 'No rule of the ACL of eth1, ingress is about it, and what none is about is denied.',
  })
  // What comes in by a private gateway is its ingress.
  const gate = { ...from, chain: 'from_eth3', packet: packet({ in: 'eth3', source: '172.16.9.1' }) }
  expect(ask(acl, gate)).toMatchObject({ id: 'gate' })
  expect(ask(acl, { ...gate, verdict: 'continue' })).toBeUndefined()
  expect(ask(firewall, gate)).toBeUndefined()
})

test('the firewall tells rules without an id, defaults and its own baseline', () => {
  const into = { table: filter, chain: 'public', verdict: 'accept', packet: packet({ destination: '198.51.100.5' }) }
  expect(ask(firewall, into)).toEqual({ says: 'A rule of the ingress of 198.51.100.5 allows it.' })
  expect(ask(firewall, { ...into, packet: packet({ destination: '198.51.100.9' }) })).toBeUndefined()
  const spoofed = { table: filter, chain: 'source', verdict: 'drop', rule: 'counter name "spoofed" drop' }
  expect(ask(firewall, { ...spoofed, packet: packet({}) })).toEqual({
    says: 'Its source does not belong where it came in.',
  })
})

test('NAT tells where it sends a packet and by which rule', () => {
  const inward = { table: 'ip sysvm_nat', chain: 'prerouting', verdict: 'accept' }
  expect(ask(nat, { ...inward, packet: packet({ destination: '198.51.100.5', destinationPort: 8003 }) })).toEqual({
    says: 'Port forwarding rule pf sends it to 10.1.1.7, port 83.',
    id: 'pf',
  })
  expect(ask(nat, { ...inward, packet: packet({ destination: '198.51.100.6' }) })).toEqual({
    says: 'Static NAT of 198.51.100.6 sends it to 10.1.1.6.',
  })
  const outward = { ...inward, chain: 'postrouting', packet: packet({ out: 'eth2', source: '10.1.1.6' }) }
  expect(ask(nat, { ...outward, rule: 'snat to oifname . ip saddr map @source_nat' })).toEqual({
    says: 'Source NAT sends it on as 198.51.100.5.',
  })
  expect(ask(nat, { ...outward, rule: 'snat ip to oifname . ip saddr map @static_out' })).toEqual({
    says: 'Static NAT sends it on as 198.51.100.6.',
  })
  expect(ask(nat, { ...outward, rule: 'snat map @hairpins' })).toMatchObject({ says: expect.stringContaining('own') })
})

test('load balancing tells its rule, TCP where it is let in and UDP where a member is chosen', () => {
  const tcp = packet({ destination: '198.51.100.5', destinationPort: 443 })
  const rule = 'ip daddr . meta l4proto . th dport . ip saddr @lb_listeners goto balanced'
  expect(ask(loadbalancer, { table: filter, chain: 'input', verdict: 'goto balanced', rule, packet: tcp })).toEqual({
    says: 'Load balancing rule lb takes it.',
    id: 'lb',
  })
  const udp = packet({ protocol: 'udp', destination: '198.51.100.5', destinationPort: 53 })
  const chosen = { table: 'ip sysvm_lb_udp', chain: 'rule-0', packet: udp }
  expect(ask(loadbalancer, { ...chosen, verdict: 'drop' })).toEqual({
    says: 'No member of load balancing rule lbu serves.',
    id: 'lbu',
  })
  expect(ask(loadbalancer, { ...chosen, verdict: 'accept' })).toMatchObject({ id: 'lbu' })
  const left = {
    table: 'ip sysvm_lb_clients',
    chain: 'clients_198_51_100_5_tcp_443',
    rule: 'counter drop',
    packet: tcp,
  }
  expect(ask(loadbalancer, { ...left, verdict: 'drop' })).toEqual({
    says: 'Load balancing rule lb takes other clients only.',
    id: 'lb',
  })
})
