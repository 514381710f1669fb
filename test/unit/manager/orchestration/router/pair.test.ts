import { isPatchedLast } from '@sysvm/manager/orchestration/router/pair'
import { describe, expect, it } from 'vitest'

type Router = Parameters<typeof isPatchedLast>[0]
type Role = Router['redundant_state']

const router = (rank: 'first' | 'second', redundant_state: Role): Router => ({ rank, redundant_state }) as Router

describe('the firmware of two routers', () => {
  const firstIsLast = (first: Role, second: Role): boolean =>
    isPatchedLast(router('first', first), router('second', second))
  const secondIsLast = (first: Role, second: Role): boolean =>
    isPatchedLast(router('second', second), router('first', first))

  it('is replaced in the primary last, also while the other one is silent', () => {
    for (const other of ['BACKUP', 'UNKNOWN', 'FAULT'] as const) {
      expect([firstIsLast('PRIMARY', other), secondIsLast('PRIMARY', other)]).toEqual([true, false])
      expect([firstIsLast(other, 'PRIMARY'), secondIsLast(other, 'PRIMARY')]).toEqual([false, true])
    }
  })

  it('is never replaced in both at once where nobody knows which of them serves', () => {
    for (const [first, second] of [
      ['UNKNOWN', 'UNKNOWN'],
      ['PRIMARY', 'PRIMARY'],
      ['BACKUP', 'UNKNOWN'],
      ['UNKNOWN', 'BACKUP'],
    ] as const)
      expect([firstIsLast(first, second), secondIsLast(first, second)]).toEqual([true, false])
  })
})
