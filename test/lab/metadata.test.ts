import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Namespace } from './index.ts'
import { fetchAnswer, fetchPage, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

let topology: Topology
let one: Namespace
let two: Namespace
beforeAll(async () => {
  topology = await openTopology('metadata')
  await topology.router.commit(baseSpec)
  one = await topology.guest('one', '02:00:00:00:00:01')
  two = await topology.guest('two', '02:00:00:00:00:02')
  await useAddress(one, '10.1.1.10/24')
  await useAddress(two, '10.1.1.11/24')
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

const servers = ['10.1.1.1', '169.254.169.254']

test.each(servers)('each guest is told its own at %s', async (server) => {
  expect(await fetchPage(one, `http://${server}/latest/meta-data/`)).toBe('instance-id\nlocal-hostname\npublic-keys/\n')
  expect(await fetchPage(one, `http://${server}/latest/meta-data/instance-id`)).toBe('i-1')
  expect(await fetchPage(two, `http://${server}/latest/meta-data/instance-id`)).toBe('i-2')
  expect(await fetchPage(one, `http://${server}/latest/user-data`)).toBe('#!/bin/sh\necho one\n')
  expect(await fetchPage(two, `http://${server}/latest/user-data`)).toBeUndefined()
})

test('a guest whose network is link-local too finds it by ARP', async () => {
  await two.ip(['route', 'add', '169.254.169.254/32', 'dev', 'eth0'])
  expect(await fetchPage(two, 'http://169.254.169.254/latest/meta-data/instance-id')).toBe('i-2')
})

test('nobody can pass for another by a header', async () => {
  const headers = ['X-Forwarded-For: 10.1.1.10', 'Forwarded: for=10.1.1.10', 'X-Real-IP: 10.1.1.10']
  expect(await fetchPage(two, 'http://10.1.1.1/latest/meta-data/instance-id', ...headers)).toBe('i-2')
  expect(await fetchPage(two, 'http://10.1.1.1/latest/user-data', ...headers)).toBeUndefined()
})

test('a guest without metadata is told that there is none', async () => {
  const three = await topology.guest('three', '02:00:00:00:00:03')
  await useAddress(three, '10.1.1.12/24')
  expect(await fetchAnswer(three, 'http://10.1.1.1/latest/meta-data/')).toMatchObject({ status: 404 })
})

test('what is not GET or HEAD is refused', async () => {
  const socket = await one.connect('10.1.1.1', 80)
  const answer = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))))
  socket.write('PUT /latest/api/token HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n')
  expect(await answer).toMatch(/^HTTP\/1\.1 405 [\s\S]*allow: GET, HEAD/i)
  socket.destroy()
})

test('new user data is served after a reload of the same process', async () => {
  const { router } = topology
  const asked = router.units.asked.length
  const instances = [{ address: '10.1.1.11', data: { 'instance-id': 'i-2' }, userData: btoa('new') }]
  const actions = await router.commit({ ...baseSpec, metadata: { ...baseSpec.metadata, instances } })
  expect(actions).toMatchObject([{ verb: 'reload', target: 'sysvm-metadata.service' }])
  expect(router.units.asked.slice(asked)).toEqual(['reload sysvm-metadata.service'])
  expect(await fetchPage(two, 'http://10.1.1.1/latest/user-data')).toBe('new')
  expect(await fetchPage(one, 'http://10.1.1.1/latest/user-data')).toBeUndefined()
})
