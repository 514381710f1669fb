import { wireguard } from '@sysvm/manager/orchestration/router/parts/wireguard'
import { expect, it } from 'vitest'
import { base } from '../state.ts'

const peer = { user: 'ann', address: '10.1.3.1', publicKey: 'a key', presharedKey: 'another key' }
const rows = {
  id: 'v1',
  publicIp: base.addresses[0]?.id ?? '',
  pool: { first: '10.1.3.1', last: '10.1.3.8' },
  privateKey: 'the key',
  peers: [peer],
}

it('is where the network goes out by, and leads to its network and name server', () => {
  expect(wireguard.spec(base, rows)).toEqual({
    address: '203.0.113.10',
    pool: rows.pool,
    subnets: ['10.1.1.0/24'],
    dns: ['10.1.1.1'],
    privateKey: 'the key',
    peers: [peer],
  })
})

it('is not there where there is none, or its pool is a network of the router by now', () => {
  expect(wireguard.spec(base, undefined)).toBeUndefined()
  expect(wireguard.spec(base, { ...rows, pool: { first: '203.0.113.8', last: '203.0.113.9' } })).toBeUndefined()
})
