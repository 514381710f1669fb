import { VpnSpec } from '@sysvm/router/spec'
import { stepsOf } from '@sysvm/router/vpn/converge'
import { found, judge } from '@sysvm/router/vpn/judge'
import { configOf, digestIn, digestOf, keyOf } from '@sysvm/router/vpn/messages'
import { nameOf } from '@sysvm/router/vpn/names'
import { initiatorIn, reasonIn } from '@sysvm/router/vpn/reasons'
import type { Connection } from '@sysvm/router/vpn/spec'
import type { IkeState } from 'strongswan-ctl'
import { expect, test } from 'vitest'
import { connection, PSK } from './spec.ts'

const parsed = (...[number, change]: Parameters<typeof connection>): Connection => {
  const [one] = VpnSpec.parse({ connections: [connection(number, change)] }).connections
  if (one === undefined) throw new Error('no connection')
  return one
}
const two = { gateway: '203.0.113.1', subnets: ['10.200.1.0/24', '10.200.2.0/24'] }

test('what charon is told of a connection, to the letter', () => {
  const one = parsed(1, { dpd: {}, encap: true })
  expect(configOf(one)).toEqual({
    version: 2,
    local_addrs: ['198.51.100.5'],
    remote_addrs: ['203.0.113.1'],
    proposals: ['aes256-sha256-modp2048'],
    rekey_time: 77_760,
    over_time: 8640,
    dpd_delay: 30,
    dpd_timeout: 120,
    encap: true,
    mobike: false,
    send_certreq: false,
    keyingtries: 0,
    local: { auth: 'psk', id: '198.51.100.5' },
    remote: { auth: 'psk', id: '203.0.113.1' },
    children: {
      [`${digestOf(one)}-1`]: {
        local_ts: ['10.1.1.0/24'],
        remote_ts: ['10.200.1.0/24'],
        esp_proposals: ['aes256-sha256-modp2048'],
        rekey_time: 3240,
        life_time: 3600,
        dpd_action: 'start',
        close_action: 'start',
        start_action: 'none',
      },
    },
  })
  expect(keyOf(one)).toEqual({
    id: 'site-site-1',
    type: 'ike',
    data: PSK,
    owners: ['198.51.100.5', '203.0.113.1'],
  })
})

test('who waits begins nothing by itself', () => {
  const [child] = Object.values(configOf(parsed(1, { passive: true, dpd: {} })).children ?? {})
  expect(child).toMatchObject({ dpd_action: 'clear', close_action: 'none', start_action: 'none' })
})

test.each([
  [{ version: 'ikev2' }, 1],
  [{ version: 'ikev2', split: true }, 2],
  [{ version: 'ikev1' }, 2],
] as const)('%j with two remote subnets has %i children', (change, count) => {
  expect(Object.keys(configOf(parsed(1, { ...change, remote: two })).children ?? {})).toHaveLength(count)
})

test('the digest is of all but the key', () => {
  const one = parsed(1)
  expect(digestOf({ ...one, psk: 'another' })).toBe(digestOf(one))
  expect(digestOf({ ...one, resets: 1 })).not.toBe(digestOf(one))
  const [child = ''] = Object.keys(configOf(one).children ?? {})
  expect(digestIn(child)).toBe(digestOf(one))
})

test('charon is told what differs and nothing else', () => {
  const [same, other, rekeyed, fresh] = [parsed(1), parsed(2), parsed(3), parsed(4)]
  const loaded = new Map([
    [nameOf(same), digestOf(same)],
    [nameOf(other), digestOf({ ...other, encap: true })],
    [nameOf(rekeyed), digestOf(rekeyed)],
    ['site-old', 'x'],
  ])
  const keys = new Map([
    [nameOf(same), PSK],
    [nameOf(other), PSK],
    [nameOf(rekeyed), 'another'],
  ])
  const ids = (connections: readonly Connection[]): readonly string[] => connections.map(({ id }) => id)
  const wanted = [same, other, rekeyed, fresh]
  const steps = stepsOf(wanted, loaded, keys)
  expect([steps.gone, ids(steps.told), ids(steps.keyed)]).toEqual([['site-old'], ['site-2', 'site-3', 'site-4'], []])
  // One that died in between has unloaded what it did not end.
  expect(stepsOf(wanted, loaded, keys, [nameOf(same), 'site-old', 'site-older']).gone).toEqual([
    'site-old',
    'site-older',
  ])
  // An agent that is new does not know with which keys: it tells them, and disturbs nothing.
  const anew = stepsOf(wanted, loaded, new Map())
  expect([ids(anew.told), ids(anew.keyed)]).toEqual([
    ['site-2', 'site-4'],
    ['site-1', 'site-3'],
  ])
})

test.each([
  ['received AUTHENTICATION_FAILED notify error', /pre-shared key or the identity/],
  ['received NO_PROPOSAL_CHOSEN notify error', /none of the proposals/],
  ['received NO_PROPOSAL_CHOSEN error notify', /none of the proposals/],
  ['received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built', /none of the proposals/],
  ['received TS_UNACCEPTABLE notify, no CHILD_SA built', /other subnets/],
  ['received SINGLE_PAIR_REQUIRED notify error', /the peer refused: SINGLE_PAIR_REQUIRED/],
  ["tried 1 shared key for 'a' - 'b', but MAC mismatched", /another one/],
  ['no matching proposal found, sending NO_PROPOSAL_CHOSEN', /proposes nothing/],
  ['retransmit 2 of request with message ID 0', /does not answer/],
  ['giving up after 6 retransmits', /does not answer/],
  ['DPD check timed out, enforcing DPD action', /does not answer/],
])('%s says why', (msg, reason) => {
  expect(reasonIn({ msg })).toMatch(reason)
})

test.each([
  'retransmit 1 of request with message ID 0',
  'selected proposal: ESP:AES_CBC_256',
  'received DPD vendor ID',
])('%s is no reason', (msg) => {
  expect(reasonIn({ msg })).toBeUndefined()
})

test('who begins is told before charon knows the connection', () => {
  expect(initiatorIn({ msg: '203.0.113.2 is initiating a Main Mode IKE_SA' })).toBe('203.0.113.2')
  expect(initiatorIn({ msg: '203.0.113.1 is initiating an IKE_SA' })).toBe('203.0.113.1')
  expect(initiatorIn({ msg: 'initiating IKE_SA x[1] to 203.0.113.1' })).toBeUndefined()
})

test('states follow from SAs, then from what went wrong', () => {
  const [none, up] = [new Set<string>(), new Set(['a'])]
  expect(judge({ passive: false }, { up, trying: true }, 'x')).toEqual({ state: 'Connected' })
  expect(judge({ passive: true }, { up: none, trying: true }, 'x')).toEqual({ state: 'Error', reason: 'x' })
  expect(judge({ passive: false }, { up: none, trying: false }, undefined)).toEqual({ state: 'Connecting' })
  expect(judge({ passive: true }, { up: none, trying: true }, undefined)).toEqual({ state: 'Connecting' })
  expect(judge({ passive: true }, { up: none, trying: false }, undefined)).toEqual({ state: 'Disconnected' })
})

test('an SA that ends carries nothing any more', () => {
  const child = { name: 'a-1', uniqueid: 1, reqid: 1, state: 'INSTALLED', mode: 'TUNNEL' } as const
  const sa = (state: IkeState) =>
    [{ name: 'site-a', uniqueid: 1, version: 2, state, 'child-sas': { 'a-1': child } }] as const
  expect(found(sa('ESTABLISHED'))).toEqual({ up: new Set(['a-1']), trying: false })
  expect(found(sa('DELETING'))).toEqual({ up: new Set(), trying: false })
})
