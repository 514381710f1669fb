import type { LeaseState } from '@sysvm/router/dhcp/health'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './index.ts'
import { askForLease, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

let topology: Topology
beforeAll(async () => {
  topology = await openTopology('dhcp')
  await topology.router.commit(baseSpec)
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

const [subnet] = baseSpec.dhcp.subnets

test('a guest with a reservation gets its address and everything that belongs to it', async () => {
  const guest = await topology.guest('one', '02:00:00:00:00:01')
  expect(await askForLease(topology.lab, guest)).toMatchObject({
    ip: '10.1.1.10',
    mask: '24',
    router: '10.1.1.1',
    dns: '10.1.1.1',
    domain: 'cs1.internal',
    hostname: 'vm-1',
    lease: '3600',
    search: 'cs1.internal',
  })
  expect(await topology.router.state('dhcp')).toMatchObject([{ address: '10.1.1.10', mac: '02:00:00:00:00:01' }])
})

/** DHCPDECLINE (RFC 2131, 4.4.4) of an address, in the name of a MAC address. */
const decline = (mac: string, address: string): Buffer => {
  const message = Buffer.alloc(236)
  message.set([1, 1, 6, 0, 0x12, 0x34, 0x56, 0x78])
  message.set(Buffer.from(mac.replaceAll(':', ''), 'hex'), 28)
  const bytes = (text: string): number[] => text.split('.').map(Number)
  const options = [53, 1, 4, 50, 4, ...bytes(address), 54, 4, ...bytes('10.1.1.1'), 255]
  return Buffer.concat([message, Buffer.from([0x63, 0x82, 0x53, 0x63, ...options])])
}

test('nobody can have an address taken from a guest by declining it in its name', async () => {
  const victim = await topology.guest('victim', '02:00:00:00:00:02')
  expect(await askForLease(topology.lab, victim)).toMatchObject({ ip: '10.1.1.11' })
  const attacker = await topology.guest('attacker', '02:00:00:00:00:66')
  await useAddress(attacker, '10.1.1.66/24')
  const socket = await attacker.datagram('10.1.1.66', 68)
  const sent = decline('02:00:00:00:00:02', '10.1.1.11')
  await new Promise<void>((resolve, reject) =>
    socket.send(sent, 67, '10.1.1.1', (error) => (error === null ? resolve() : reject(error))),
  )
  socket.close()
  const leased = async (): Promise<string | undefined> =>
    ((await topology.router.state('dhcp')) as readonly LeaseState[]).find(({ address }) => address === '10.1.1.11')?.mac
  await until('Kea has read it', async () => (await leased()) !== '02:00:00:00:00:02')
  await until(
    'the guest has its address again',
    async () => {
      const lease = await askForLease(topology.lab, victim, 2)
      return lease?.ip === '10.1.1.11'
    },
    { timeoutMs: 30_000 },
  )
})

test('a machine that the manager does not know gets no answer', async () => {
  const stranger = await topology.guest('stranger', '02:00:00:00:00:99')
  expect(await askForLease(topology.lab, stranger, 2)).toBeUndefined()
})

test('a new guest is served without a restart, and an unchanged spec disturbs nothing', async () => {
  const { router } = topology
  const reservations = [...subnet.reservations, { mac: '02:00:00:00:00:03', address: '10.1.1.12', hostname: 'vm-3' }]
  const spec = {
    ...baseSpec,
    dhcp: { leaseSeconds: 3600, subnets: [{ ...subnet, network: '10.1.1.1/24', reservations, mtu: 1450 }] },
  }
  const asked = router.units.asked.length
  expect(await router.commit(spec)).toMatchObject([{ verb: 'update', target: 'sysvm-kea-dhcp4.service' }])
  expect(await router.commit(spec)).toEqual([])
  expect(router.units.asked.slice(asked)).toEqual([])
  const guest = await topology.guest('three', '02:00:00:00:00:03')
  expect(await askForLease(topology.lab, guest)).toMatchObject({ ip: '10.1.1.12', mtu: '1450' })
  expect(await router.drift()).toEqual([])
})

test('the address of a guest that is gone serves another one at once', async () => {
  const { lab, router } = topology
  const first = await topology.guest('first', '02:00:00:00:00:02')
  await router.commit(baseSpec)
  expect(await askForLease(lab, first)).toMatchObject({ ip: '10.1.1.11' })
  const reservations = [subnet.reservations[0], { mac: '02:00:00:00:00:05', address: '10.1.1.11', hostname: 'vm-5' }]
  await router.commit({ ...baseSpec, dhcp: { leaseSeconds: 3600, subnets: [{ ...subnet, reservations }] } })
  const second = await topology.guest('second', '02:00:00:00:00:05')
  expect(await askForLease(lab, second)).toMatchObject({ ip: '10.1.1.11', hostname: 'vm-5' })
  expect(await askForLease(lab, first, 2)).toBeUndefined()
})

test('leases outlive a crash of the daemon', async () => {
  const { router } = topology
  const before = await router.state('dhcp')
  await router.effects.unit('restart', 'sysvm-kea-dhcp4.service')
  await router.commit(baseSpec)
  expect(before).not.toEqual([])
  expect(await router.state('dhcp')).toEqual(
    (before as { address: string }[]).filter((lease) => lease.address === '10.1.1.10'),
  )
})

test('a guest gets options of its own, whether it asks for them or not', async () => {
  const { lab, router } = topology
  const options = [
    { code: 3, value: '10.1.1.7' },
    { code: 42, value: '192.0.2.1,192.0.2.2' },
    { code: 252, value: "http://x/; $(reboot) 'x'" },
    { code: 121, value: '10.9.0.0/16 10.1.1.7' },
    { code: 224, value: '0x0a0b' },
  ]
  const [first, ...others] = subnet.reservations
  const search = ['cs1.internal', 'corp.example']
  const reservations = [{ ...first, options }, ...others]
  await router.commit({ ...baseSpec, dhcp: { leaseSeconds: 3600, subnets: [{ ...subnet, search, reservations }] } })
  const guest = await topology.guest('optional', '02:00:00:00:00:01')
  const lease = await askForLease(lab, guest, 4, ['ntpsrv', 'wpad', 'staticroutes', '0xe0'])
  expect(lease).toMatchObject({
    router: '10.1.1.7',
    ntpsrv: '192.0.2.1 192.0.2.2',
    wpad: "http://x/; $(reboot) 'x'",
    staticroutes: '10.9.0.0/16 10.1.1.7',
    opt224: '0a0b',
    search: 'cs1.internal corp.example',
  })
  const other = await topology.guest('plain', '02:00:00:00:00:02')
  const plain = await askForLease(lab, other, 4, ['ntpsrv'])
  expect(plain).toMatchObject({ router: '10.1.1.1' })
  expect(plain).not.toHaveProperty('ntpsrv')
})

test('each tier has its own subnet, domain and options; one that goes leaves the others their leases', async () => {
  const { lab, router } = topology
  const tier = await lab.namespace('tier')
  const device = { device: 'eth3', mac: '02:00:0a:02:02:01', role: 'guest' as const, addresses: ['10.2.2.1/24'] }
  await lab.link(
    { at: router.netns, device: 'eth3', mac: device.mac },
    { at: tier, device: 'eth0', mac: '02:00:00:00:02:01' },
  )
  const interfaces = { ...baseSpec.interfaces, interfaces: [...baseSpec.interfaces.interfaces, device] }
  const second = {
    device: 'eth3',
    network: '10.2.2.0/24',
    gateway: '10.2.2.1',
    nameservers: ['10.2.2.1'],
    domain: 'db.internal',
    reservations: [{ mac: '02:00:00:00:02:01', address: '10.2.2.10', hostname: 'db-1' }],
  }
  await router.commit({ ...baseSpec, interfaces, dhcp: { leaseSeconds: 3600, subnets: [subnet, second] } })
  expect(await askForLease(lab, tier)).toMatchObject({ ip: '10.2.2.10', router: '10.2.2.1', domain: 'db.internal' })
  const guest = await topology.guest('stays', '02:00:00:00:00:01')
  expect(await askForLease(lab, guest)).toMatchObject({ ip: '10.1.1.10', domain: 'cs1.internal' })
  await router.commit({ ...baseSpec, interfaces })
  expect(await askForLease(lab, tier, 2)).toBeUndefined()
  const left = ((await router.state('dhcp')) as readonly LeaseState[]).map(({ address }) => address)
  expect(left).toContain('10.1.1.10')
  expect(left).not.toContain('10.2.2.10')
  await router.commit(baseSpec)
})

test('several subnets on one link: each guest is given its own, wherever it stands', async () => {
  const { lab, router } = topology
  const [control, guestNic, ...others] = baseSpec.interfaces.interfaces
  const nic = { ...guestNic, addresses: ['10.1.1.1/24', '10.1.2.1/25'] }
  const interfaces = { ...baseSpec.interfaces, interfaces: [control, nic, ...others] }
  const second = {
    ...{
      device: 'eth1',
      network: '10.1.2.0/25',
      gateway: '10.1.2.1',
      nameservers: ['10.1.1.1'],
      domain: 'two.internal',
    },
    reservations: [{ mac: '02:00:00:00:02:02', address: '10.1.2.10', hostname: 'second' }],
  }
  await router.commit({ ...baseSpec, interfaces, dhcp: { leaseSeconds: 3600, subnets: [subnet, second] } })
  const there = await topology.guest('there', '02:00:00:00:02:02')
  expect(await askForLease(lab, there)).toMatchObject({ ip: '10.1.2.10', mask: '25', router: '10.1.2.1' })
  const here = await topology.guest('here', '02:00:00:00:00:01')
  expect(await askForLease(lab, here)).toMatchObject({ ip: '10.1.1.10', router: '10.1.1.1', domain: 'cs1.internal' })
  expect(await router.drift()).toEqual([])
  await router.commit(baseSpec)
  expect(await router.drift()).toEqual([])
  expect(await askForLease(lab, there, 2)).toBeUndefined()
})

test('Kea itself refuses what the schema cannot know, and nothing changes', async () => {
  const interfaces = {
    ...baseSpec.interfaces,
    interfaces: [
      ...baseSpec.interfaces.interfaces,
      { device: 'eth7', mac: '02:00:00:00:00:77', role: 'guest' as const, addresses: ['10.7.7.1/24'] },
    ],
  }
  const ghost = { ...subnet, device: 'eth7', network: '10.7.7.0/24', gateway: '10.7.7.1', reservations: [] }
  const spec = { ...baseSpec, interfaces, dhcp: { leaseSeconds: 3600, subnets: [subnet, ghost] } }
  await expect(topology.router.commit(spec)).rejects.toThrow(/eth7/)
  expect(await topology.router.drift()).toEqual([])
})

test('a router whose spec has no DHCP runs none', async () => {
  const { router } = topology
  const { dhcp: _, ...without } = baseSpec
  expect(await router.commit(without)).toMatchObject([{ verb: 'stop', target: 'sysvm-kea-dhcp4.service' }])
  expect(await router.effects.unitActive('sysvm-kea-dhcp4.service')).toBe(false)
})
