import type { Effects } from '@sysvm/agent/service'
import { readDuty } from '@sysvm/router/vpn/duty'
import { judge } from '@sysvm/router/vpn/judge'
import { expect, test } from 'vitest'

const machine = (files: Readonly<Record<string, string>>): Effects =>
  ({ readFile: async (path: string) => files[path] }) as unknown as Effects
const pair = { '/run/sysvm/live/redundancy/keepalived.conf': 'x' }
const ROLE = '/run/sysvm-keepalived/role'

test.each([
  [{}, 'serves'],
  // What is left of a pair that is no more says nothing.
  [{ [ROLE]: 'BACKUP\n' }, 'serves'],
  [pair, 'unsure'],
  [{ ...pair, [ROLE]: 'MASTER\n' }, 'serves'],
  [{ ...pair, [ROLE]: 'BACKUP\n' }, 'rests'],
  [{ ...pair, [ROLE]: 'FAULT\n' }, 'rests'],
  [{ ...pair, [ROLE]: 'STOP\n' }, 'unsure'],
] as const)('with %j a router %s', async (files, duty) => {
  expect(await readDuty(machine(files))).toBe(duty)
})

test('a tunnel of the other router is neither down nor at fault', () => {
  const nothing = { up: new Set<string>(), trying: false }
  expect(judge({ passive: false }, nothing, 'the peer does not answer', 'rests')).toEqual({ state: 'Standby' })
  expect(judge({ passive: true }, { up: new Set(['net']), trying: false }, undefined, 'rests')).toEqual({
    state: 'Standby',
  })
})
