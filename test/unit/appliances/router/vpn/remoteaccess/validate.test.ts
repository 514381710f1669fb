import { VpnSpec } from '@sysvm/router/spec'
import type { RemoteAccess } from '@sysvm/router/vpn/remoteaccess/spec'
import { validate } from '@sysvm/router/vpn/validate'
import { expect, test } from 'vitest'
import { baseSpec, wholeOf } from '../../whole.ts'
import { connection } from '../spec.ts'
import { access, otherKey } from './spec.ts'

const check = (change: Partial<RemoteAccess>): void => {
  const vpn = { connections: [connection()], remoteAccess: access(change) }
  validate(VpnSpec.parse(vpn), wholeOf({ ...baseSpec, vpn }))
}

test('stands beside a tunnel', () => {
  expect(() => check({})).not.toThrow()
})

const ann = { name: 'ann', password: 'correct-horse' }

test.each<[string, Partial<RemoteAccess>, string]>([
  ['an address of nobody', { address: '198.51.100.99' }, 'which no public interface has'],
  ['an address of a guest network', { address: '10.1.1.1' }, 'which no public interface has'],
  ['host bits', { subnets: ['10.1.1.1/24'] }, 'the network is 10.1.1.0/24'],
  ['a user twice', { users: [ann, ann] }, 'has the user ann twice'],
  ['a user twice in another case', { users: [ann, { ...ann, name: 'Ann' }] }, 'has the user ann twice'],
  ['a pool that runs downwards', { pool: { first: '10.9.0.9', last: '10.9.0.1' } }, 'before 10.9.0.9'],
  ['a pool among guests', { pool: { first: '10.1.1.200', last: '10.1.1.210' } }, 'overlaps 10.1.1.0/24'],
  ['a pool in the public network', { pool: { first: '198.51.100.7', last: '198.51.100.8' } }, 'overlaps 198.51.100'],
  ['a pool behind another site', { pool: { first: '10.200.1.7', last: '10.200.1.8' } }, 'overlaps 10.200.1.0/24'],
  ['a pool among hosts', { pool: { first: '169.254.9.1', last: '169.254.9.2' } }, 'overlaps 169.254.0.0/16'],
  ["another one's key", { key: otherKey }, "is another one's"],
])('%s is refused', (_, change, message) => {
  expect(() => check(change)).toThrow(
    expect.objectContaining({ code: 'SYSVM_SPEC_INVALID', message: expect.stringContaining(message) }),
  )
})

test('a certificate that cannot be read is refused without a word of it or of the key', () => {
  const chain = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
  expect(() => check({ chain })).toThrow('The certificate of the remote access VPN, or its private key, cannot be read')
})

test.each<[string, object]>([
  ['a name with a space', { users: [{ ...ann, name: 'an n' }] }],
  ['a name that is a pattern', { users: [{ ...ann, name: '%any' }] }],
  ['a name of two lines', { users: [{ ...ann, name: 'ann\nben' }] }],
  ['a password of two lines', { users: [{ ...ann, password: 'one\ntwo' }] }],
  ['an empty password', { users: [{ ...ann, password: '' }] }],
  ['a key that is none', { key: 'key' }],
  ['no subnets', { subnets: [] }],
])('%s is no spec', (_, change) => {
  expect(VpnSpec.safeParse({ remoteAccess: { ...access(), ...change } }).success).toBe(false)
})
