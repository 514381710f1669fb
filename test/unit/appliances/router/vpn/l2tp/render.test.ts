import { VpnSpec } from '@sysvm/router/spec'
import { vpn } from '@sysvm/router/vpn/index'
import { configOf, keyOf } from '@sysvm/router/vpn/l2tp/messages'
import { filesOf } from '@sysvm/router/vpn/l2tp/render'
import { compile } from 'node-iptables'
import { expect, test } from 'vitest'
import { baseSpec, golden, wholeOf } from '../../whole.ts'
import { l2tp } from './spec.ts'

test('files and ruleset, to the letter; the key is in none of them, and passwords only in a secret one', () => {
  const spec = VpnSpec.parse({ l2tp: l2tp() })
  const { files, ruleset } = vpn.render(spec, wholeOf({ ...baseSpec, vpn: spec }))
  expect(files.map(({ path, secret }) => `${path}${secret === true ? ' secret' : ''}`)).toEqual([
    ...['vpn/kernel.conf', 'vpn/user.conf', 'vpn/xl2tpd.conf', 'vpn/ppp.options', 'vpn/chap-secrets secret'],
  ])
  const open = files.filter(
    ({ path, secret }) => secret !== true && !path.endsWith('l.conf') && !path.endsWith('r.conf'),
  )
  const text = `${open.map(({ path, text: one }) => `# ${path}\n${one}`).join('\n')}\n${compile(ruleset ?? { tables: [] })}`
  expect(text).toBe(golden('l2tp'))
  expect(text).not.toMatch(/Known to all|horse/)
})

test('passwords are what pppd reads back, whatever is in them', () => {
  const users = [
    { name: 'ann', password: 'a"b\\c#d*' },
    { name: 'ben@example.org', password: '*' },
    // pppd would take it for a file, whatever quotes it is in.
    { name: 'carl', password: '@/etc/shadow' },
  ]
  const secrets = filesOf(l2tp({ users })).find(({ path }) => path === 'vpn/chap-secrets')
  expect(secrets?.text).toBe('"ann" sysvm "a\\"b\\\\c#d*" *\n"ben@example.org" sysvm "*" *\n')
})

test('charon is told of transport mode to the port of L2TP, and of one key for all', () => {
  expect(configOf(l2tp())).toMatchObject({
    ...{ version: 1, local_addrs: ['198.51.100.5'], remote_addrs: ['%any'], unique: 'never' },
    ...{ local: { auth: 'psk', id: '198.51.100.5' }, remote: { auth: 'psk', id: '%any' } },
    children: { l2tp: { mode: 'transport', local_ts: ['dynamic[17/1701]'], remote_ts: ['dynamic[17/any]'] } },
  })
  expect(JSON.stringify(configOf(l2tp()))).not.toContain('Known')
  expect(keyOf(l2tp())).toEqual({ id: 'l2tp', type: 'ike', data: 'Known to all clients', owners: ['198.51.100.5'] })
})

test('a plan names the VPN and its users, never a secret', () => {
  const plan = (before: VpnSpec | undefined, after: VpnSpec) =>
    vpn.plan({ before, after, files: [] }).map(({ target, why }) => `${target}: ${why}`)
  const one = VpnSpec.parse({ l2tp: l2tp() })
  expect(plan(undefined, one)).toEqual(['sysvm-charon@.service: a VPN is new in the spec'])
  expect(plan(one, one)).toEqual([])
  const users = [{ name: 'ben', password: 'staple-battery' }]
  expect(plan(one, VpnSpec.parse({ l2tp: l2tp({ psk: 'another', users }) }))).toEqual([
    ...['L2TP VPN: it differs', 'L2TP user ann: it is no longer in the spec', 'L2TP user ben: it is new in the spec'],
  ])
})
