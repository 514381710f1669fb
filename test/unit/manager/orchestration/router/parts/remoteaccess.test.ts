import { remoteAccessOf } from '@sysvm/manager/orchestration/router/parts/remoteaccess'
import { expect, it } from 'vitest'
import { base, network, offering } from '../state.ts'

const rows = {
  id: 'v1',
  publicIp: base.addresses[0]?.id ?? '',
  pool: { first: '10.1.2.1', last: '10.1.2.8' },
  chain: 'the chain',
  key: 'the key',
  users: [{ name: 'ann', password: 'correct-horse' }],
}

it('is where the network goes out by, and leads to its network and name server', () => {
  expect(remoteAccessOf(base, rows)).toEqual({
    address: '203.0.113.10',
    pool: rows.pool,
    subnets: ['10.1.1.0/24'],
    dns: ['10.1.1.1'],
    chain: 'the chain',
    key: 'the key',
    users: rows.users,
  })
})

it('leads to a whole VPC, so that a tier that comes ends no session', () => {
  const vpc = { id: 'v', name: 'v', cidr: '10.1.0.0/16', networkdomain: 'v.internal', revision: 1, offering }
  expect(remoteAccessOf({ ...base, vpc }, rows)?.subnets).toEqual(['10.1.0.0/16'])
  expect(remoteAccessOf({ ...base, vpc, networks: [] }, rows)).toMatchObject({ subnets: ['10.1.0.0/16'], dns: [] })
})

it('tells of no name server where the router is none', () => {
  const { Dns: _, ...services } = offering.services
  const silent = { ...network, offering: { ...offering, services } }
  expect(remoteAccessOf({ ...base, networks: [silent] }, rows)?.dns).toEqual([])
})

it('is not there before the machine has the address and a network, nor without a VPN', () => {
  expect(remoteAccessOf({ ...base, addresses: [] }, rows)).toBeUndefined()
  expect(remoteAccessOf({ ...base, networks: [] }, rows)).toBeUndefined()
  expect(remoteAccessOf(base, undefined)).toBeUndefined()
})
