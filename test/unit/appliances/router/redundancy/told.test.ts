import type { Effects } from '@sysvm/agent/service'
import { tellNoRoles, tellRoles } from '@sysvm/router/redundancy/told'
import { expect, test, vi } from 'vitest'

vi.mock('node:timers/promises', () => ({ setTimeout: () => new Promise(setImmediate) }))

test('each change of the role is told once, in order, until there are no roles', async () => {
  const told: unknown[] = []
  let role: string | undefined
  const effects = {
    readFile: async () => role,
    tell: (type: string, data: unknown) => told.push([type, data]),
  } as unknown as Effects
  tellRoles(effects)
  tellRoles(effects)
  const seen = async (count: number): Promise<void> => {
    while (told.length < count) await new Promise(setImmediate)
  }
  await seen(1)
  for (const [index, next] of ['BACKUP', 'MASTER', undefined].entries()) {
    role = next
    await seen(index + 2)
  }
  tellNoRoles(effects)
  role = 'MASTER'
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(told).toEqual(['UNKNOWN', 'BACKUP', 'PRIMARY', 'UNKNOWN'].map((state) => ['redundancy', { state }]))
})
