import { type VpnInput, VpnSpec } from '@sysvm/router/spec'
import { vpn } from '@sysvm/router/vpn/index'
import { compile } from 'node-iptables'
import { expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from '../whole.ts'
import { connection, PSK } from './spec.ts'

const specOf = (...connections: NonNullable<VpnInput['connections']>): VpnSpec => VpnSpec.parse({ connections })
const render = (spec: VpnSpec) => vpn.render(spec, wholeOf({ ...baseSpec, vpn: spec }))

test('settings and ruleset, to the letter; keys and connections are in neither', () => {
  const { files, ruleset } = render(specOf(connection(1), connection(2)))
  expect(files.map(({ path }) => path)).toEqual(['vpn/kernel.conf', 'vpn/user.conf'])
  const text = `${files.map(({ text: one }) => one).join('')}${compile(ruleset ?? { tables: [] })}`
  expect(text).toBe(golden('vpn'))
  expect(text).not.toContain(PSK)
})

test('what has no tunnel here is guarded all the same', () => {
  const guard = `  chain vpn_left_out {
    type filter hook forward priority -1; policy accept;
    oifname "ipsec0" accept
    oifname != "eth1" ip daddr @vpn_guarded rt ipsec missing counter name "vpn_unprotected" drop
  }
`
  const guarded = ['10.60.0.0/16', '10.60.4.0/24']
  const alone = compile(render(VpnSpec.parse({ guarded })).ruleset ?? { tables: [] })
  expect(alone).toBe(`add table inet sysvm_filter
delete table inet sysvm_filter
table inet sysvm_filter {
  counter vpn_unprotected {
  }
  set vpn_guarded {
    type ipv4_addr; flags interval;
    elements = {
      10.60.0.0/16
    }
  }
${guard}}
`)
  const beside = compile(render(VpnSpec.parse({ connections: [connection(1)], guarded })).ruleset ?? { tables: [] })
  expect(beside).toContain(guard)
  expect(beside).toContain('chain vpn_guard {')
})

test('without a connection nothing is rendered', () => {
  expect(render(specOf())).toEqual({ files: [], ruleset: { tables: [] } })
})

test('the plan names connections and never keys', () => {
  const plan = (before: VpnSpec | undefined, after: VpnSpec | undefined) => vpn.plan({ before, after, files: [] })
  const one = specOf(connection(1), connection(2))
  expect(plan(undefined, specOf())).toEqual([])
  expect(plan(one, one)).toEqual([])
  expect(plan(undefined, one)).toMatchObject([{ verb: 'start', target: 'sysvm-charon@.service', dropsFlows: false }])
  expect(plan(one, specOf())).toMatchObject([{ verb: 'stop', target: 'sysvm-charon@.service', dropsFlows: true }])
  const actions = plan(one, specOf(connection(1, { psk: 'another' }), connection(3)))
  expect(actions).toMatchObject([
    { verb: 'update', target: 'VPN connection site-1', why: 'it differs', dropsFlows: true },
    { verb: 'update', target: 'VPN connection site-2', why: 'it is no longer in the spec', dropsFlows: true },
    { verb: 'update', target: 'VPN connection site-3', why: 'it is new in the spec', dropsFlows: false },
  ])
  expect(JSON.stringify(actions)).not.toMatch(/another|horse/)
})

test('a trace is told what became of a packet', () => {
  const said = (chain: string, rule: string, verdict: string): string | undefined => {
    const packet = { source: '10.1.1.10', destination: '10.200.1.1', protocol: 'icmp' } as const
    const decision = { table: 'inet sysvm_filter', chain, rule, verdict, packet }
    return vpn.explain?.(specOf(connection(1)), decision, wholeOf(baseSpec))?.says
  }
  expect(said('vpn_guard', 'ip daddr @vpn_remote counter name "vpn_unprotected" drop', 'drop')).toMatch(/no tunnel/)
  expect(said('vpn_guard', 'iifname "ipsec0" counter name "vpn_astray" drop', 'drop')).toMatch(/no guest network/)
  expect(said('source_services', 'counter name "vpn_spoofed" drop', 'drop')).toMatch(/did not come by the tunnel/)
  expect(said('forward_services', 'ip saddr @vpn_local ip daddr @vpn_remote accept', 'accept')).toMatch(/by a tunnel/)
  expect(said('forward', 'counter name "forward_dropped" drop', 'drop')).toBeUndefined()
})
