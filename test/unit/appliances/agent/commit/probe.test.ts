import { patienceOf } from '@sysvm/agent/commit/probe'
import { expect, it } from 'vitest'

it('waits as the machine is fast', () => {
  expect([100, 2000, 60_000].map(patienceOf)).toEqual([10_000, 20_000, 45_000])
})
