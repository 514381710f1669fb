import { configOf, poolOf, secretOf } from '@sysvm/router/vpn/remoteaccess/messages'
import { expect, test } from 'vitest'
import { access, leaf } from './spec.ts'

test('charon is told to show the certificate, to ask for a password and to give an address of the pool', () => {
  expect(configOf(access())).toMatchObject({
    version: 2,
    local_addrs: ['198.51.100.5'],
    pools: ['people-10.9.0.1-10.9.0.9'],
    encap: true,
    unique: 'never',
    local: { auth: 'pubkey', id: '198.51.100.5', certs: [leaf] },
    remote: { auth: 'eap-mschapv2', id: '%any', eap_id: '%any' },
    // Clients rekey; an SA that nobody looks after ends by itself all the same.
    children: { net: { local_ts: ['10.1.1.0/24'], rekey_time: 0, life_time: 90_000 } },
  })
})

test('no proposal has a cipher or hash that is broken', () => {
  const { proposals = [], children } = configOf(access())
  expect([...proposals, ...(children?.net?.esp_proposals ?? [])].join()).not.toMatch(/des|md5|modp(768|1536)/)
})

test('a pool has name servers only where there are some, and a user one secret', () => {
  expect(poolOf(access())).toEqual({ addrs: '10.9.0.1-10.9.0.9', dns: ['10.1.1.1'], subnet: ['10.1.1.0/24'] })
  expect(poolOf(access({ dns: [] }))).toEqual({ addrs: '10.9.0.1-10.9.0.9', subnet: ['10.1.1.0/24'] })
  expect(secretOf({ name: 'ann', password: 'correct-horse' })).toEqual({
    ...{ id: 'user-ann', type: 'eap', data: 'correct-horse', owners: ['ann'] },
  })
})
