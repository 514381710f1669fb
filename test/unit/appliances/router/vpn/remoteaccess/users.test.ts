import { planRemoteAccess } from '@sysvm/router/vpn/remoteaccess/plan'
import { endingOf, MOST_SESSIONS, passwordsOf, surplusOf } from '@sysvm/router/vpn/remoteaccess/users'
import type { IkeState } from 'strongswan-ctl'
import { expect, test } from 'vitest'
import { access } from './spec.ts'

const session = (uniqueid: number, state: IkeState, id: string, user?: string) => ({
  uniqueid,
  state,
  'remote-id': id,
  ...(user === undefined ? {} : { 'remote-eap-id': user }),
})
const sessions = [
  session(1, 'ESTABLISHED', '192.0.2.2', 'Ann'),
  session(2, 'ESTABLISHED', 'ANN'),
  session(3, 'ESTABLISHED', 'ben', 'carl'),
  session(4, 'REKEYING', 'ben', 'ben'),
  // Its IKE id is what the client chose; by whose password it comes is not told yet.
  session(5, 'CONNECTING', 'ben'),
]

test('sessions are of the user whose password they came by, in whatever case', () => {
  expect(endingOf(sessions, (user) => user === 'ann', false)).toEqual([1, 2])
  expect(endingOf(sessions, (user) => user !== 'ben', false)).toEqual([1, 2, 3])
})

test('with a user go the sessions that may become theirs', () => {
  expect(endingOf(sessions, (user) => user === 'carl', true)).toEqual([3, 5])
})

test('another case is no other user', () => {
  const of = (name: string) => access({ users: [{ name, password: 'correct-horse' }] })
  expect(passwordsOf(of('Ann'))).toEqual(new Map([['ann', 'correct-horse']]))
  expect(planRemoteAccess(of('Ann'), of('ann'))).toEqual([])
})

test('of one person the newest sessions stay', () => {
  const of = (id: number, established: number, user: string, state: IkeState = 'ESTABLISHED') => ({
    ...session(id, state, 'phone', user),
    established,
  })
  const anns = Array.from({ length: MOST_SESSIONS + 2 }, (_, index) =>
    of(index, 100 - index, index % 2 ? 'Ann' : 'ann'),
  )
  const all = [of(50, 900, 'ben'), ...anns, { ...session(60, 'CONNECTING', 'ann'), established: 0 }]
  expect(surplusOf(all)).toEqual([1, 0])
  expect(surplusOf(all.slice(0, MOST_SESSIONS + 1))).toEqual([])
})
