import type { Effects } from '@sysvm/agent/service'
import { VpnSpec } from '@sysvm/router/spec'
import { drift, state } from '@sysvm/router/vpn/state'
import { expect, test, vi } from 'vitest'
import { connection } from './spec.ts'

vi.mock('node:timers/promises', () => ({ setTimeout: () => new Promise(setImmediate) }))

test('while charon does not answer, all who ask are told so of every connection', async () => {
  const effects = {
    readFile: async () => undefined,
    ask: { open: () => Promise.reject(new Error('no socket')) },
  } as unknown as Effects
  const spec = VpnSpec.parse({ connections: [connection(1), connection(2, { passive: true })] })
  const connections = ['site-1', 'site-2'].map((id) => ({
    ...{ id, state: 'Connecting', reason: 'charon does not answer', since: expect.any(Number) },
  }))
  expect(await Promise.all([state(spec, effects), state(spec, effects)])).toEqual([{ connections }, { connections }])
  expect(await state(spec, effects)).toEqual({ connections })
  await expect(drift(spec, effects)).rejects.toMatchObject({ code: 'SYSVM_PROBE_FAILED' })
  // What is in force already, though charon is to hear of it yet.
  const more = VpnSpec.parse({ connections: [connection(3)] })
  expect(await state(more, effects)).toEqual({
    connections: [{ id: 'site-3', state: 'Connecting', since: expect.any(Number) }],
  })
})
