import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Namespace, serveDns } from './index.ts'
import { patience } from './patience.ts'
import { lookUp, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

let topology: Topology
let guest: Namespace
let upstream: Awaited<ReturnType<typeof serveDns>>
beforeAll(async () => {
  topology = await openTopology('dns')
  await topology.router.commit(baseSpec)
  upstream = await serveDns(topology.outside, {
    address: '198.51.100.1',
    records: { 'www.example.org': '203.0.113.80' },
  })
  topology.lab.defer(() => upstream.close())
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

const [view] = baseSpec.dns.views
const found = (name: string): Promise<unknown> => lookUp(guest, name)

test('the names of the network, forward and reverse', async () => {
  expect(await found('vm-2.cs1.internal')).toEqual(['10.1.1.11'])
  expect(await found('10.1.1.11')).toEqual(['vm-2.cs1.internal'])
})

test('other names by the upstream server', async () => {
  expect(await found('www.example.org')).toEqual(['203.0.113.80'])
  expect(upstream.questions).toContain('www.example.org')
})

test('what belongs to the network is never asked of anybody else', async () => {
  const asked = upstream.questions.length
  expect(await found('nobody.cs1.internal')).toBe('ENOTFOUND')
  expect(await found('10.1.1.77')).toBe('ENOTFOUND')
  expect(await found('plainname')).toBe('ENOTFOUND')
  expect(upstream.questions.slice(asked)).toEqual([])
})

test('records come and go by a reload, other changes by a restart', async () => {
  const { router } = topology
  const records = [{ name: 'vm-9.cs1.internal', address: '10.1.1.99' }, view.records[0]]
  const change = { ...baseSpec, dns: { views: [{ ...view, records }] } }
  expect(await router.commit(change)).toMatchObject([{ verb: 'reload', target: 'sysvm-dnsmasq@eth1.service' }])
  expect(await found('vm-9.cs1.internal')).toEqual(['10.1.1.99'])
  expect(await found('vm-2.cs1.internal')).toBe('ENOTFOUND')
  const renamed = { ...baseSpec, dns: { views: [{ ...view, upstreams: [] }] } }
  expect(await router.commit(renamed)).toMatchObject([{ verb: 'restart', target: 'sysvm-dnsmasq@eth1.service' }])
  expect(await found('vm-2.cs1.internal')).toEqual(['10.1.1.11'])
  expect(await router.commit(baseSpec)).toMatchObject([{ verb: 'restart' }])
})

test('it listens at the addresses of the spec and nowhere else', async () => {
  const { stdout } = await topology.router.netns.exec(['ss', '-Hlnut', 'sport = 53'])
  const addresses = stdout.split('\n').flatMap((line) => /\s(\S+):53\s/.exec(line)?.[1] ?? [])
  expect([...new Set(addresses)]).toEqual(['10.1.1.1'])
})

test('a line break in a name is refused before it reaches a file', async () => {
  const records = [{ name: 'x\nserver=198.51.100.66', address: '10.1.1.99' }]
  await expect(topology.router.commit({ ...baseSpec, dns: { views: [{ ...view, records }] } })).rejects.toThrow(
    /domain name/,
  )
})

test('guests of a tier are told of their own domain, and each tier asks its own forwarders', async () => {
  const { lab, router, outside } = topology
  const tier = await lab.namespace('tier')
  const nic = { device: 'eth3', mac: '02:00:0a:02:02:01', role: 'guest' as const, addresses: ['10.2.2.1/24'] }
  await lab.link(
    { at: router.netns, device: 'eth3', mac: nic.mac },
    { at: tier, device: 'eth0', address: '10.2.2.10/24' },
  )
  await outside.ip(['address', 'add', '198.51.100.2/24', 'dev', 'public'])
  const corporate = await serveDns(outside, { address: '198.51.100.2', records: { 'hr.corp.example': '203.0.113.9' } })
  lab.defer(() => corporate.close())
  const second = {
    device: 'eth3',
    listen: ['10.2.2.1'],
    domain: 'db.internal',
    networks: ['10.2.2.0/24'],
    upstreams: ['198.51.100.2'],
    records: [{ name: 'db-1.db.internal', address: '10.2.2.10' }],
  }
  const interfaces = { ...baseSpec.interfaces, interfaces: [...baseSpec.interfaces.interfaces, nic] }
  const both = { ...baseSpec, interfaces, dns: { views: [view, second] } }
  const actions = await router.commit(both)
  expect(actions.filter(({ target }) => target.includes('dnsmasq'))).toMatchObject([
    { verb: 'start', target: 'sysvm-dnsmasq@eth3.service' },
  ])
  expect(await lookUp(tier, 'db-1.db.internal', '10.2.2.1')).toEqual(['10.2.2.10'])
  expect(await lookUp(tier, '10.2.2.10', '10.2.2.1')).toEqual(['db-1.db.internal'])
  expect(await lookUp(tier, 'hr.corp.example', '10.2.2.1')).toEqual(['203.0.113.9'])
  expect(await lookUp(tier, 'vm-1.cs1.internal', '10.2.2.1')).toBe('ENOTFOUND')
  expect(await found('db-1.db.internal')).toBe('ENOTFOUND')
  expect(await found('hr.corp.example')).toBe('ENOTFOUND')
  // The other tier's server is out of reach, so that nobody asks it from here.
  await tier.route('default', '10.2.2.1')
  expect(await lookUp(tier, 'vm-1.cs1.internal', '10.1.1.1')).toMatch(/ETIMEOUT|ECONNREFUSED/)
  expect((await router.commit(baseSpec)).filter(({ target }) => target.includes('dnsmasq'))).toMatchObject([
    { verb: 'stop', target: 'sysvm-dnsmasq@eth3.service' },
  ])
  expect(await found('vm-1.cs1.internal')).toEqual(['10.1.1.10'])
})

test('nobody outside may ask', async () => {
  const socket = await topology.outside.datagram('198.51.100.1', 5353)
  const answered = new Promise<boolean>((resolve) => {
    socket.on('message', () => resolve(true))
    setTimeout(() => resolve(false), patience(700))
  })
  const question = Buffer.from('000101000001000000000000076578616d706c65036f72670000010001', 'hex')
  socket.send(question, 53, '198.51.100.5')
  expect(await answered).toBe(false)
  socket.close()
})
