import { VpnSpec } from '@sysvm/router/spec'
import type { L2tp } from '@sysvm/router/vpn/l2tp/spec'
import { validate } from '@sysvm/router/vpn/validate'
import { expect, test } from 'vitest'
import { baseSpec, wholeOf } from '../../whole.ts'
import { access } from '../remoteaccess/spec.ts'
import { connection } from '../spec.ts'
import { l2tp } from './spec.ts'

const check = (change: Partial<L2tp>): void => {
  const vpn = { connections: [connection()], remoteAccess: access(), l2tp: l2tp(change) }
  validate(VpnSpec.parse(vpn), wholeOf({ ...baseSpec, vpn }))
}

test('stands beside a tunnel and people of IKEv2', () => {
  expect(() => check({})).not.toThrow()
})

const ann = { name: 'ann', password: 'correct-horse' }

test.each<[string, Partial<L2tp>, string]>([
  ['an address of nobody', { address: '198.51.100.99' }, 'which no public interface has'],
  ['host bits', { subnets: ['10.1.1.1/24'] }, 'the network is 10.1.1.0/24'],
  ['a user twice in another case', { users: [ann, { ...ann, name: 'Ann' }] }, 'has the user ann twice'],
  ['a pool of the router alone', { pool: { first: '10.9.1.1', last: '10.9.1.1' } }, "besides the router's own"],
  ['a pool of clients of IKEv2', { pool: { first: '10.9.0.9', last: '10.9.1.9' } }, 'overlaps 10.9.0.'],
  ['a pool behind another site', { pool: { first: '10.200.1.7', last: '10.200.1.8' } }, 'overlaps 10.200.1.0/24'],
])('refuses %s', (_, change, words) => {
  expect(() => check(change)).toThrow(words)
})
