import { SysvmError } from '@sysvm/errors'
import { delayAfter, isPermanent } from '@sysvm/manager/jobs/backoff'
import { expect, it } from 'vitest'

it('doubles from one second to five minutes', () => {
  const middle = () => 0.5
  expect([1, 2, 3, 4, 9, 10, 100].map((failures) => delayAfter(failures, middle))).toEqual([1, 2, 4, 8, 256, 300, 300])
  expect(delayAfter(4, () => 0)).toBeCloseTo(7.2)
  expect(delayAfter(4, () => 1)).toBeCloseTo(8.8)
})

it('knows what trying again cannot help', () => {
  expect(isPermanent(new SysvmError('SYSVM_CAPACITY', 'full'))).toBe(true)
  expect(isPermanent(new SysvmError('SYSVM_HOST_UNREACHABLE', 'away'))).toBe(false)
  expect(isPermanent(new Error('a bug'))).toBe(false)
})
