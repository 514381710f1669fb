import type { Effects } from '@sysvm/agent/service'
import { apply } from '@sysvm/router/wireguard/apply'
import { additionOf, leftBy, stepsOf } from '@sysvm/router/wireguard/converge'
import { parseDump } from '@sysvm/router/wireguard/live'
import { plan } from '@sysvm/router/wireguard/plan'
import { state } from '@sysvm/router/wireguard/state'
import { expect, test } from 'vitest'
import { key, peer, wireguard } from './spec.ts'

/** As `wg show wg0 dump` prints it. */
const dump = [
  [key(200), key(201), '51820', 'off'],
  [key(1), key(101), '192.0.2.2:40000', '10.9.0.1/32', '1790000000', '148', '92', 'off'],
  [key(2), key(102), '(none)', '10.9.0.2/32', '0', '0', '0', 'off'],
]
  .map((words) => `${words.join('\t')}\n`)
  .join('')

const stub = (answers: (argv: readonly string[]) => string = () => '') => {
  const ran: { readonly argv: readonly string[]; readonly input?: string }[] = []
  const effects = {
    run: async (argv: readonly string[], options: { readonly input?: string } = {}) => {
      ran.push({ argv, ...options })
      return { stdout: argv[0] === 'wg' && argv[1] === 'show' ? dump : answers(argv), stderr: '' }
    },
    unitActive: async () => false,
  } as unknown as Effects
  return { ran, effects }
}

test('what is as it should be is not touched', () => {
  const steps = stepsOf(wireguard(), parseDump(dump))
  expect(steps).toEqual({ device: false, gone: [], told: [] })
  expect(additionOf(wireguard(), steps)).toBe('')
})

test('who differs goes and comes again, alone', () => {
  const [ann, ben] = [peer('ann', 1), peer('ben', 2)]
  const moved = { ...ben, address: '10.9.0.5' }
  expect(stepsOf(wireguard({ peers: [ann, moved] }), parseDump(dump))).toMatchObject({ gone: [key(2)], told: [moved] })
  const rekeyed = { ...ann, presharedKey: key(50) }
  expect(stepsOf(wireguard({ peers: [rekeyed, ben] }), parseDump(dump))).toMatchObject({
    ...{ device: false, gone: [key(1)], told: [rekeyed] },
  })
  expect(stepsOf(wireguard({ peers: [ben] }), parseDump(dump))).toEqual({ device: false, gone: [key(1)], told: [] })
})

test('an address is left by who goes or moves, not by who comes again', () => {
  const [ann, ben] = [peer('ann', 1), peer('ben', 2)]
  const left = (...peers: (typeof ann)[]): readonly string[] =>
    leftBy(parseDump(dump), stepsOf(wireguard({ peers }), parseDump(dump)))
  expect(left(ann, ben)).toEqual([])
  expect(left({ ...ann, presharedKey: key(50) }, ben)).toEqual([])
  expect(left({ ...ann, address: '10.9.0.5' }, ben)).toEqual(['10.9.0.1'])
  expect(left({ ...peer('eve', 3), address: '10.9.0.1' })).toEqual(['10.9.0.1', '10.9.0.2'])
})

test('a new device is told its key and everybody', () => {
  const steps = stepsOf(wireguard(), parseDump('(none)\t(none)\t0\toff\n'))
  expect(additionOf(wireguard(), steps)).toBe(`[Interface]
PrivateKey = ${key(200)}
ListenPort = 51820
[Peer]
PublicKey = ${key(1)}
PresharedKey = ${key(101)}
AllowedIPs = 10.9.0.1/32
[Peer]
PublicKey = ${key(2)}
PresharedKey = ${key(102)}
AllowedIPs = 10.9.0.2/32
`)
})

test('secrets go by standard input, and are in no argument, plan or state', async () => {
  const secrets = [key(200), key(210), ...[1, 2, 3].map((number) => key(100 + number))]
  const change = {
    before: wireguard(),
    after: wireguard({ privateKey: key(210), peers: [peer('ann', 1), peer('eve', 3)] }),
    files: [],
  }
  const { ran, effects } = stub((argv) => (argv.includes('route') ? '[{"dst":"10.9.0.1"}]' : ''))
  await apply(change, effects)
  const told = ran.flatMap(({ input }) => (input === undefined ? [] : [input]))
  expect(told).toEqual([expect.stringContaining(`PrivateKey = ${key(210)}`)])
  expect(told[0]).toContain(key(103))
  const shown = JSON.stringify([ran.map(({ argv }) => argv), plan(change), await state(change.after, effects)])
  for (const secret of secrets) expect(shown).not.toContain(secret)
  expect(ran.map(({ argv }) => argv.join(' '))).toContain(`wg set wg0 peer ${key(2)} remove`)
})

test('the plan tells of users one by one', () => {
  const after = wireguard({ peers: [peer('ann', 1), peer('eve', 3)] })
  expect(plan({ before: wireguard(), after, files: [] }).map(({ target, why }) => `${target}: ${why}`)).toEqual([
    'WireGuard user ben: it is no longer in the spec',
    'WireGuard user eve: it is new in the spec',
  ])
})
