import type { Decision } from '@sysvm/agent/service'
import { explain } from '@sysvm/router/wireguard/explain'
import { expect, test } from 'vitest'
import { wireguard } from './spec.ts'

const decision = (change: Partial<Decision>): Decision => ({
  table: 'inet sysvm_filter',
  chain: 'wireguard_guard',
  rule: '',
  verdict: 'drop',
  packet: { source: '10.9.0.1', destination: '10.1.1.10', protocol: 'icmp' },
  ...change,
})

test.each([
  ['wireguard_spoofed', /did not come from there/],
  ['wireguard_astray', /no guest network/],
  ['wireguard_unprotected', /the tunnel is not there/],
])('says what %s means', (counter, words) => {
  expect(explain(wireguard(), decision({ rule: `counter name "${counter}" drop` }))?.says).toMatch(words)
})

test('says that a packet goes by it, and nothing of others', () => {
  const rule = 'iifname "wg0" ip saddr @wireguard_remote ip daddr @wireguard_local accept'
  const passed = decision({ chain: 'forward_services', rule, verdict: 'accept' })
  expect(explain(wireguard(), passed)?.says).toMatch(/between a guest and a WireGuard client/)
  expect(explain(wireguard(), decision({ rule: 'counter name "vpn_spoofed" drop' }))).toBeUndefined()
  expect(explain(wireguard(), { ...passed, table: 'ip sysvm_nat' })).toBeUndefined()
})
