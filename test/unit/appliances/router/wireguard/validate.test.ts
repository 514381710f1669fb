import { WireGuardSpec } from '@sysvm/router/spec'
import { validate } from '@sysvm/router/wireguard/validate'
import { expect, test } from 'vitest'
import { access } from '../vpn/remoteaccess/spec.ts'
import { connection } from '../vpn/spec.ts'
import { baseSpec, wholeOf } from '../whole.ts'
import { key, peer, wireguard } from './spec.ts'

const vpn = { connections: [connection()], remoteAccess: access({ pool: { first: '10.8.0.1', last: '10.8.0.9' } }) }

const check = (change: Partial<WireGuardSpec>): void =>
  validate(wireguard(change), wholeOf({ ...baseSpec, vpn, wireguard: wireguard(change) }))

test('stands beside tunnels and another remote access VPN', () => {
  expect(() => check({})).not.toThrow()
})

test.each<[string, Partial<WireGuardSpec>, string]>([
  ['an address of nobody', { address: '198.51.100.99' }, 'which no public interface has'],
  ["IPsec's port", { port: 4500 }, "is another service's"],
  ['host bits', { subnets: ['10.1.1.1/24'] }, 'the network is 10.1.1.0/24'],
  ['a pool that runs downwards', { pool: { first: '10.9.0.9', last: '10.9.0.1' } }, 'before 10.9.0.9'],
  ['a pool among guests', { pool: { first: '10.1.1.200', last: '10.1.1.210' } }, 'overlaps 10.1.1.0/24'],
  ['a pool behind another site', { pool: { first: '10.200.1.7', last: '10.200.1.8' } }, 'overlaps 10.200.1.0/24'],
  ['a pool of the other VPN', { pool: { first: '10.8.0.8', last: '10.8.0.12' } }, 'overlaps 10.8.0.8/31'],
  ['a user twice', { peers: [peer('ann', 1), peer('Ann', 2)] }, 'has the user ann twice'],
  [
    'an address twice',
    { peers: [peer('ann', 1), { ...peer('ben', 2), address: '10.9.0.1' }] },
    'address 10.9.0.1 twice',
  ],
  ['a key twice', { peers: [peer('ann', 1), { ...peer('ben', 2), publicKey: key(1) }] }, 'has the key'],
  ['an address outside the pool', { peers: [peer('ann', 10)] }, "ann's 10.9.0.10 is not of the pool"],
])('%s is refused', (_, change, message) => {
  expect(() => check(change)).toThrow(
    expect.objectContaining({ code: 'SYSVM_SPEC_INVALID', message: expect.stringContaining(message) }),
  )
})

test.each<[string, object]>([
  ['a key of 31 bytes', { privateKey: Buffer.alloc(31).toString('base64') }],
  ['a key with bits too many', { privateKey: `${'A'.repeat(42)}B=` }],
  ['a key of two lines', { privateKey: `${key(1)}\n[Peer]` }],
  ['a user of two lines', { peers: [{ ...peer('ann', 1), user: 'ann\nben' }] }],
  ['a port of the system', { port: 53 }],
  ['no subnets', { subnets: [] }],
])('%s is no spec', (_, change) => {
  expect(WireGuardSpec.safeParse({ ...wireguard(), ...change }).success).toBe(false)
})
