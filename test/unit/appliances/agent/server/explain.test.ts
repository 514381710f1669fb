import { answer } from '@sysvm/agent/server/explain/answer'
import {
  type Injection,
  injectRuleset,
  redirectLines,
  routeLines,
  wireKeys,
  wireLines,
} from '@sysvm/agent/server/explain/inject'
import { readTrace } from '@sysvm/agent/server/explain/read'
import type { AnyService } from '@sysvm/agent/service'
import { expect, test } from 'vitest'

const injection: Injection = {
  source: '10.1.1.10',
  destination: '203.0.113.9',
  protocol: 'tcp',
  port: 80,
  device: 'eth1',
  mac: '02:00:00:00:00:01',
  sourcePort: 40001,
}

test('the wire, its turn into a device, and the rules that mark and take away are these', async () => {
  expect(wireKeys(injection)).toEqual([])
  const lines = [wireLines(injection), routeLines(injection), redirectLines(injection)]
  const text = [...lines, injectRuleset(injection)].join('---\n')
  await expect(text).toMatchFileSnapshot('./explain.golden')
})

test('an IPv6 packet is sent over the wire by a next hop, and only it is turned into the device', async () => {
  const six = { ...injection, source: '2001:db8:1::10', destination: '2001:db8::9' }
  const wired = { ...six, flow: six }
  expect(wireKeys(wired)).toEqual(['net/ipv6/conf/sysvm-t0/disable_ipv6=0'])
  const tcp = [wireLines(wired), routeLines(wired), redirectLines(wired), injectRuleset(six)]
  const echo = injectRuleset({ ...six, protocol: 'icmp' })
  await expect([...tcp, echo].join('---\n')).toMatchFileSnapshot('./explain6.golden')
})

const packet = 'iif "eth1" oif "eth2" ip saddr 10.1.1.10 ip daddr 203.0.113.9 tcp sport 40001 tcp dport 80'
const monitor = (...ends: string[]) =>
  [
    `trace id 1a inet sysvm_explain trace packet: ${packet}`,
    'trace id 1a inet sysvm_explain trace rule meta nftrace set 1 (verdict continue)',
    `trace id 1a inet sysvm_filter forward packet: ${packet}`,
    'trace id 9f inet sysvm_filter forward rule tcp dport 22 accept (verdict accept)',
    'trace id 1a inet sysvm_filter forward rule iifname vmap @leaving (verdict jump from_eth1)',
    ...ends,
    '',
  ].join('\n')
const filter = {
  name: 'firewall',
  explain: (_: unknown, { chain, verdict }: { chain: string; verdict: string }) =>
    chain === 'from_eth1' ? { says: `It is ${verdict}.`, id: 'r1' } : undefined,
} as unknown as AnyService
const spec = { version: 1, generation: 1, name: 'r-1-VM', role: 'router', services: { firewall: {} } } as const
const explained = (...ends: string[]) => answer(readTrace(monitor(...ends), 'tcp'), [filter], spec)

test('a packet that a list denies was dropped by the rule of the list', () => {
  expect(
    explained(
      'trace id 1a inet sysvm_filter from_eth1 rule vmap @list (verdict goto denied)',
      'trace id 1a inet sysvm_filter denied rule counter name "egress_dropped" drop (verdict drop)',
    ),
  ).toMatchObject({ verdict: 'dropped', id: 'r1', service: 'firewall', says: 'It is goto denied.' })
})

test('a packet that came to the end was forwarded', () => {
  const out = packet.replace('10.1.1.10', '198.51.100.5')
  expect(
    explained(
      'trace id 1a inet sysvm_filter from_eth1 rule vmap @list (verdict return)',
      `trace id 1a inet sysvm_explain forwarded packet: ${out}`,
      'trace id 1a inet sysvm_explain forwarded rule drop (verdict drop)',
    ),
  ).toMatchObject({
    verdict: 'forwarded',
    id: 'r1',
    says: 'The router sends it out by eth2, from 198.51.100.5 to 203.0.113.9:80.',
  })
})

test('an IPv6 packet is read as well, an echo request by its type', () => {
  const words = 'iif "eth2" ether saddr 02:00:00:00:00:09 ip6 saddr 2001:db8::9 ip6 daddr 2001:db8:1::10 ip6 nexthdr 58'
  const trace = readTrace(`trace id 1a inet sysvm_filter forward packet: ${words} icmpv6 type echo-request\n`, 'icmpv6')
  expect(trace.last).toEqual({
    ...{ in: 'eth2', source: '2001:db8::9', destination: '2001:db8:1::10' },
    ...{ protocol: 'icmpv6', icmpType: 128, icmpCode: 0 },
  })
})

test('a policy that drops is told as such, and a packet without an end was lost', () => {
  expect(explained('trace id 1a inet sysvm_filter forward policy drop')).toMatchObject({
    verdict: 'dropped',
    says: 'inet sysvm_filter forward drops it by its policy.',
  })
  expect(explained('trace id 1a inet sysvm_filter forward policy accept')).toMatchObject({ verdict: 'lost' })
  expect(answer(readTrace('', 'tcp'), [filter], spec)).toMatchObject({ verdict: 'lost', steps: [] })
})
