import {
  guardRules,
  guardTransaction,
  linkLocal,
  parseGuards,
  unguardTransaction,
} from '@sysvm/manager/hosts/network/guard'
import { expect, test } from 'vitest'

const nic = { mac: '02:00:00:00:00:01', bridge: 'brvx-5001', device: 'eth0', addresses: ['10.1.1.5', '2001:db8::5'] }
const machine = {
  name: 'i-2-7-VM',
  uuid: '6f0d1a52-6bb5-4d61-9d0c-4f9b29d9f1e7',
  kind: 'guest',
  image: 'a'.repeat(64),
  cpus: 1,
  memoryMiB: 64,
  nics: [nic],
} as const
const none: ReadonlyMap<string, string> = new Map()

test('the link-local address comes from the MAC address', () => {
  expect(linkLocal('52:54:00:12:34:56')).toBe('fe80::5054:00ff:fe12:3456')
})

test('a guest sends from its own addresses only, and nothing that servers and routers say', async () => {
  await expect(`${guardRules(nic).join('\n')}\n`).toMatchFileSnapshot('./guard.golden')
})

test('a nic that may have no address yet still asks for one, and sends nothing else', () => {
  const rules = guardRules({ ...nic, addresses: [] })
  expect(rules).toContain('ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept')
  expect(rules.join('\n')).not.toMatch(/ip saddr \{/)
  expect(rules.at(-1)).toBe('counter drop')
})

test('one transaction guards what lacks it, and nothing is done twice', () => {
  const text = guardTransaction(machine, none)
  expect(text).toMatch(/^table bridge sysvm \{/)
  const fingerprint = /comment "([0-9a-f]{16})"/.exec(text ?? '')?.[1] ?? ''
  const port = /goto (\S+)/.exec(text ?? '')?.[1] ?? ''
  expect(guardTransaction(machine, new Map([[port, fingerprint]]))).toBeUndefined()
  expect(guardTransaction(machine, new Map([[port, 'another']]))).toBe(text)
  expect(guardTransaction({ ...machine, nics: [{ ...nic, addresses: ['10.1.1.6'] }] }, none)).not.toBe(text)
})

test('a port that may send anything is not guarded', () => {
  const { addresses: _, ...free } = nic
  expect(guardTransaction({ ...machine, nics: [free] }, none)).toBeUndefined()
})

test('what is no longer a guarded port of the machine is forgotten, and no other’s', () => {
  const guards = new Map([
    ['svc5059ca2.0', 'a'],
    ['sv00000000.0', 'b'],
  ])
  const name = machine.name
  const [port = ''] = guards.keys()
  expect(/goto (\S+)/.exec(guardTransaction(machine, none) ?? '')?.[1]).toBe(port)
  expect(unguardTransaction(name, [nic], guards)).toBeUndefined()
  expect(unguardTransaction(name, [], guards)).toContain(`delete chain bridge sysvm ${port}`)
  expect(unguardTransaction(name, [], guards)).not.toContain('sv00000000')
})

test('what nft lists is read back', () => {
  const key = { elem: { val: 'svc5059ca2.0', comment: 'abc' } }
  const verdict = { goto: { target: 'svc5059ca2.0' } }
  const json = {
    nftables: [
      { metainfo: {} },
      {
        map: {
          elem: [
            [key, verdict],
            ['sv1.0', verdict],
          ],
        },
      },
    ],
  }
  expect([...parseGuards(JSON.stringify(json))]).toEqual([
    ['svc5059ca2.0', 'abc'],
    ['sv1.0', ''],
  ])
  expect(parseGuards('{"nftables":[{"map":{}}]}').size).toBe(0)
})
