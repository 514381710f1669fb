import { planRemoteAccess } from '@sysvm/router/vpn/remoteaccess/plan'
import { expect, test } from 'vitest'
import { access, otherKey } from './spec.ts'

const said = (...words: Parameters<typeof planRemoteAccess>): readonly string[] =>
  planRemoteAccess(...words).map(({ target, why, dropsFlows }) => `${target}: ${why}${dropsFlows ? ', cuts' : ''}`)

const user = (name: string, password = 'correct-horse') => ({ name, password })
const before = access({ users: [user('ann'), user('ben')] })

test('tells of users one by one, and whose sessions end', () => {
  expect(said(before, before)).toEqual([])
  expect(said(before, access({ users: [user('ann', 'another-horse'), user('eve')] }))).toEqual([
    'VPN user ann: the password differs, cuts',
    'VPN user ben: it is no longer in the spec, cuts',
    'VPN user eve: it is new in the spec',
  ])
})

test('another certificate cuts nobody, other addresses do', () => {
  expect(said(before, { ...before, key: otherKey })).toEqual(['remote access VPN: it differs'])
  expect(said(before, { ...before, subnets: ['10.1.0.0/16'] })).toEqual(['remote access VPN: it differs, cuts'])
})

test('comes and goes as a whole', () => {
  expect(said(undefined, before)).toEqual(['remote access VPN: it is new in the spec'])
  expect(said(before, undefined)).toEqual(['remote access VPN: it is no longer in the spec, cuts'])
  expect(said(undefined, undefined)).toEqual([])
})

test('shows no secret', () => {
  expect(JSON.stringify(planRemoteAccess(before, access({ users: [user('ann', 'another-horse')] })))).not.toContain(
    'horse',
  )
})
