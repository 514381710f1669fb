import type { HealthCheck } from '@sysvm/agent/api'
import { runChecks } from '@sysvm/agent/health/checks'
import { turned } from '@sysvm/agent/health/monitor'
import { parseRestarts, restartedUnits } from '@sysvm/agent/health/units'
import type { AnyService, Effects, Wire } from '@sysvm/agent/service'
import { expect, test } from 'vitest'

const check = (name: string, success: boolean): HealthCheck => ({ name, type: 'basic', success, checkedAt: '' })

test('what turned is told, and what is bad from the first', () => {
  const before = [check('a', true), check('b', false), check('c', true)]
  const after = [check('a', false), check('b', true), check('c', true), check('d', false), check('e', true)]
  expect(turned(before, after).map(({ name, success }) => [name, success])).toEqual([
    ['a', false],
    ['b', true],
    ['d', false],
  ])
})

test('restarts are read, and those since the last look told', () => {
  const text = 'NRestarts=2\nId=sysvm-a.service\n\nId=sysvm-b.service\nNRestarts=0\n\nId=sysvm-c.service\nNRestarts=1\n'
  const now = parseRestarts(text)
  expect([...now]).toEqual([
    ['sysvm-a.service', 2],
    ['sysvm-b.service', 0],
    ['sysvm-c.service', 1],
  ])
  expect(restartedUnits(new Map([['sysvm-a.service', 1]]), now)).toEqual([
    { unit: 'sysvm-a.service', restarts: 2 },
    { unit: 'sysvm-c.service', restarts: 1 },
  ])
  // A unit that was started anew by hand counts from none again.
  expect(restartedUnits(now, new Map([['sysvm-a.service', 0]]))).toEqual([])
})

test('a failed use does not hide that the service answers', async () => {
  const failing = async () => {
    throw new Error('no offer')
  }
  const services = [
    { name: 'on', health: async () => {}, exercise: failing, watch: failing },
    { name: 'off', health: failing },
  ] as unknown as AnyService[]
  const spec = { version: 1, generation: 1, name: 'r-1-VM', role: 'router', services: { on: {} } } as const
  const found = await runChecks(spec, services, {} as Wire, {} as Effects)
  expect(found.map(({ name, type, success, details }) => [name, type, success, details])).toEqual([
    ['on', 'basic', true, undefined],
    ['on.peers', 'advanced', false, 'no offer'],
    ['on.use', 'advanced', false, 'no offer'],
  ])
})
