import { type VpnInput, VpnSpec } from '@sysvm/router/spec'
import { validate } from '@sysvm/router/vpn/validate'
import { expect, test } from 'vitest'
import { baseSpec, wholeOf } from '../whole.ts'
import { connection } from './spec.ts'

type Input = NonNullable<VpnInput['connections']>[number]

const check = (...connections: readonly Input[]): void =>
  validate(VpnSpec.parse({ connections }), wholeOf({ ...baseSpec, vpn: { connections: [...connections] } }))

const one = (change: Partial<Input>): readonly Input[] => [connection(1, change)]
const local = (change: object): readonly Input[] => one({ local: { ...connection().local, ...change } })
const remote = (change: object): readonly Input[] => one({ remote: { ...connection().remote, ...change } })
const second = (change: object): readonly Input[] => [
  connection(1),
  connection(2, { remote: { ...connection(2).remote, ...change } }),
]

test('tunnels to several sites are fine', () => {
  expect(() => check(connection(1), connection(2), connection(3))).not.toThrow()
})

test('two peers behind one address are told apart by their identities', () => {
  expect(() => check(...second({ gateway: '203.0.113.1', id: 'branch.example' }))).not.toThrow()
})

test.each<[string, readonly Input[], string]>([
  ['an id twice', [connection(1), connection(2, { id: 'site-1' })], 'Two VPN connections have the id site-1'],
  ['the same ends', second({ gateway: '203.0.113.1' }), 'are between 198.51.100.5 and 203.0.113.1'],
  ['an address of nobody', local({ address: '198.51.100.99' }), 'which no public interface has'],
  ['an address of a guest network', local({ address: '10.1.1.1' }), 'which no public interface has'],
  ['itself as peer', remote({ gateway: '198.51.100.5' }), "the router's own"],
  ['a peer among hosts', remote({ gateway: '169.254.0.9' }), 'is on the control network'],
  ['a peer in its own tunnel', remote({ subnets: ['203.0.113.0/28'] }), 'through the tunnel of site-1'],
  ['host bits', remote({ subnets: ['10.200.1.1/24'] }), 'the network is 10.200.1.0/24'],
  ['host bits here', local({ subnets: ['10.1.1.1/24'] }), 'the network is 10.1.1.0/24'],
  ['everything', remote({ subnets: ['0.0.0.0/0'] }), 'cannot take all addresses'],
  ['the control network', remote({ subnets: ['169.254.3.0/24'] }), "control network's packets"],
  ['remote subnets that are local', remote({ subnets: ['10.1.1.128/25'] }), 'overlaps 10.1.1.0/24'],
  ['remote subnets around an interface', remote({ subnets: ['198.51.0.0/16'] }), 'on this side'],
  ['local subnets that overlap', local({ subnets: ['10.1.1.0/24', '10.1.1.0/25'] }), 'local subnets that overlap'],
  ['remote subnets twice', remote({ subnets: ['10.9.0.0/16', '10.9.3.0/24'] }), 'overlap'],
  ['subnets of another site', second({ subnets: ['10.200.0.0/16'] }), 'of site-2 and 10.200.1.0/24 of site-1 overlap'],
  ['a proposal twice', one({ esp: { proposals: ['aes128-sha1', 'aes128-sha1'] } }), 'aes128-sha1 twice'],
  ['impatience', one({ dpd: { delaySeconds: 30, timeoutSeconds: 10 } }), 'raise the timeout'],
])('%s is refused', (_, connections, message) => {
  expect(() => check(...connections)).toThrow(
    expect.objectContaining({ code: 'SYSVM_SPEC_INVALID', message: expect.stringContaining(message) }),
  )
})

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['an id with a slash', { id: '../x' }],
  ['an unknown version', { version: 'ikev3' }],
  ['no psk', { psk: '' }],
  ['a psk of two lines', { psk: 'a\nb' }],
  ['a psk that ends in a space', { psk: 'a ' }],
  ['no proposals', { ike: { proposals: [] } }],
  ['IKE without a group', { ike: { proposals: ['aes256-sha256'] } }],
  ['an unknown cipher', { esp: { proposals: ['des-md5'] } }],
  ["the API's semicolon", { esp: { proposals: ['aes128-sha1;modp1536'] } }],
  ['null encryption', { esp: { proposals: ['null-sha256'] } }],
  ['an IKE AEAD without a function', { ike: { proposals: ['aes256gcm16-modp2048'] } }],
  ['a lifetime of seconds', { esp: { proposals: ['aes128-sha1'], lifetimeSeconds: 1 } }],
  ['an identity that is a pattern', { local: { ...connection().local, id: '*' } }],
  ['an identity that is any', { remote: { ...connection().remote, id: '%any' } }],
  ['a distinguished name', { remote: { ...connection().remote, id: 'C=CH, CN=x' } }],
  ['a gateway by name', { remote: { ...connection().remote, gateway: 'vpn.example' } }],
  ['no subnets', { remote: { ...connection().remote, subnets: [] } }],
  ['a key that nobody knows', { updown: '/bin/sh' }],
])('the schema refuses %s', (_, change) => {
  expect(VpnSpec.safeParse({ connections: [{ ...connection(), ...change }] }).success).toBe(false)
})
