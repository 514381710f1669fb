import { routerServices } from '@sysvm/router'
import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Namespace, until } from './index.ts'
import { pings, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'
import { type Bird, startBird } from './servers/bird.ts'

const session = (name: string, address: string, asn: number, password = '', filter = 'export all') => `
protocol bgp ${name} {
  local ${address.replace(/\d+$/, '1')} as 65000;
  neighbor ${address} as ${asn};
  hold time 9; connect delay time 1; connect retry time 2; error wait time 1, 2;
  ${password === '' ? '' : `password "${password}";`}
  ipv4 { import all; ${filter}; };
}`
const told = 'protocol static told { ipv4; route 0.0.0.0/0 unreachable; route 203.0.113.0/24 unreachable; }'

const peer = { address: '198.51.100.1', asn: 65_000, holdSeconds: 9, multihop: 1, maximumPrefixes: 100 } as const
const bgp = {
  asn: 4_200_000_001,
  routerId: '198.51.100.5',
  advertise: ['10.1.1.0/24'],
  peers: [{ ...peer, import: 'default', password: 's3cret!' }],
} as const

const specOf = (change: Partial<NonNullable<RouterServices['routing']>['bgp']> = {}): RouterServices => ({
  interfaces: { interfaces: [...baseSpec.interfaces.interfaces] } as unknown as RouterServices['interfaces'],
  firewall: baseSpec.firewall,
  routing: { static: [], bgp: { ...bgp, ...change } as never },
})

let topology: Topology
let guest: Namespace
let bird: Bird
beforeAll(async () => {
  topology = await openTopology('routing')
  bird = await startBird(
    topology.lab,
    topology.outside,
    '198.51.100.1',
    told + session('sysvm', '198.51.100.5', bgp.asn, 's3cret!'),
  )
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
  await topology.router.commit(specOf())
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

const routesOf = async (proto: string): Promise<readonly string[]> => {
  const { stdout } = await topology.router.effects.run(['ip', '-json', 'route', 'show', 'proto', proto])
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as { dst: string }[]).map(({ dst }) => dst)
}
const peers = async (): Promise<Record<string, unknown>[]> =>
  ((await topology.router.state('routing')) as { peers: Record<string, unknown>[] }).peers
const established = (): Promise<unknown> =>
  until('the session is established', async () => (await peers()).every(({ state }) => state === 'Established'), {
    timeoutMs: 30_000,
  })
const watch = async (spec: RouterServices): Promise<void> =>
  routerServices.find(({ name }) => name === 'routing')?.watch?.(spec.routing, topology.router.effects)

test('a guest network is told to the peer and reached without translation; only the default is taken', async () => {
  await established()
  await watch(specOf())
  await until('the default is there', async () => (await routesOf('bgp')).includes('default'))
  expect(await routesOf('bgp')).toEqual(['default'])
  const { stdout } = await topology.outside.exec(['ip', '-json', 'route', 'show', '10.1.1.0/24'])
  expect(JSON.parse(stdout)).toMatchObject([{ gateway: '198.51.100.5', protocol: 'bird' }])
  await until('the outside answers', () => pings(guest, '198.51.100.1'))
  expect(await peers()).toMatchObject([{ address: '198.51.100.1', asn: 65_000, prefixesReceived: 1, prefixesSent: 1 }])
  expect(await topology.router.drift()).toEqual([])
})

test('a second peer comes and goes, and a network is withdrawn, without the first session noticing', async () => {
  const { router, lab, outside } = topology
  const two = await lab.namespace('two')
  await lab.link({ at: two, device: 'eth0', address: '198.51.100.2/24' }, { at: outside, device: 'to-two' })
  // Both peers on the router's public network.
  await outside.ip(
    ['link', 'add', 'sw', 'type', 'bridge'],
    ['address', 'flush', 'dev', 'public'],
    ['link', 'set', 'public', 'master', 'sw'],
    ['link', 'set', 'to-two', 'master', 'sw'],
    ['link', 'set', 'sw', 'up'],
    ['address', 'add', '198.51.100.1/24', 'dev', 'sw'],
  )
  const there = told + session('sysvm', '198.51.100.5', bgp.asn).replace('local 198.51.100.1', 'local 198.51.100.2')
  const other = await startBird(lab, two, '198.51.100.2', there)
  await until('the first peer is back', async () => (await bird.ask('show', 'protocols')).includes('Established'))
  await established()
  const before = (await peers())[0]?.drops
  const second = { ...peer, address: '198.51.100.2', import: 'none' }
  const actions = await router.commit(specOf({ advertise: [], peers: [...bgp.peers, second] as never }))
  expect(actions).toEqual([
    { verb: 'update', target: 'BGP peer 198.51.100.2', why: 'it is new in the spec', dropsFlows: false },
    {
      verb: 'update',
      target: 'advertised network 10.1.1.0/24',
      why: 'it is no longer in the spec',
      dropsFlows: true,
    },
  ])
  await established()
  await until('the network is withdrawn', async () => !(await bird.ask('show', 'route')).includes('10.1.1.0/24'))
  // Nothing that one peer told is told to another.
  expect(await other.ask('show', 'route', 'protocol', 'sysvm')).not.toContain('/')
  expect(await router.drift()).toEqual([])
  await router.commit(specOf())
  await until('the network is told again', async () => (await bird.ask('show', 'route')).includes('10.1.1.0/24'))
  expect(await peers()).toMatchObject([{ address: '198.51.100.1', state: 'Established', drops: before }])
  expect(router.units.asked.filter((line) => line.endsWith('bgpd.service'))).toEqual(['start sysvm-bgpd.service'])
  await two.exec(['ip', 'link', 'set', 'eth0', 'down'])
})

test('a wrong password keeps the session down, and says so without showing it', async () => {
  const { router } = topology
  const spec = specOf({ peers: [{ ...bgp.peers[0], password: 'wrong-one' }] as never })
  await router.commit(spec)
  await until('the session is down', async () => (await peers())[0]?.state !== 'Established', { timeoutMs: 30_000 })
  await expect(watch(spec)).rejects.toThrow(/BGP sessions are not established: 198\.51\.100\.1 \(AS 65000\) is \w+/)
  expect(await routesOf('bgp')).toEqual([])
  expect(JSON.stringify(await router.state('routing'))).not.toContain('wrong-one')
  await router.commit(specOf())
  await established()
})

test('IPv6 networks go by a session of their own', async () => {
  const { router, outside } = topology
  await outside.address('sw', '2001:db8:ff::1/64')
  const six = `
protocol bgp six {
  local 2001:db8:ff::1 as 65000;
  neighbor 2001:db8:ff::5 as ${bgp.asn};
  hold time 9; connect delay time 1; connect retry time 2; error wait time 1, 2;
  ipv6 { import all; export all; };
}`
  await bird.configure(told + session('sysvm', '198.51.100.5', bgp.asn, 's3cret!') + six)
  const peers6 = [...bgp.peers, { ...peer, address: '2001:db8:ff::1', import: 'none' }]
  const spec = specOf({ advertise: ['10.1.1.0/24', '2001:db8:1::/64'], peers: peers6 as never })
  const ipv6 = {
    interfaces: [
      { device: 'eth1', addresses: ['2001:db8:1::1/64'] },
      { device: 'eth2', addresses: ['2001:db8:ff::5/64'] },
    ],
  }
  await router.commit({ ...spec, ipv6 })
  await established()
  await until('both networks are told', async () => {
    const routes = await bird.ask('show', 'route')
    return routes.includes('10.1.1.0/24') && routes.includes('2001:db8:1::/64')
  })
  expect(await peers()).toHaveLength(2)
  expect(await router.drift()).toEqual([])
  await router.commit(specOf())
})

test('static routes are the spec’s and no other', async () => {
  const { router } = topology
  const routes = [
    { network: '192.0.2.0/24', via: '198.51.100.1' },
    { network: '192.0.3.7/32', via: '10.1.1.10' },
  ]
  await router.commit({ ...specOf(), routing: { static: routes } })
  expect(await routesOf('static')).toEqual(['192.0.2.0/24', '192.0.3.7'])
  expect(await routesOf('bgp')).toEqual([])
  expect(router.units.asked.slice(-3)).toEqual([
    'stop sysvm-bgpd.service',
    'stop sysvm-zebra.service',
    'stop sysvm-mgmtd.service',
  ])
  await router.netns.ip(
    ['route', 'delete', '192.0.2.0/24'],
    ['route', 'add', '192.0.4.0/24', 'via', '198.51.100.1', 'proto', 'static'],
  )
  expect(await router.drift()).toEqual([
    'needs: ip route delete 192.0.4.0/24 proto static',
    'needs: ip route replace 192.0.2.0/24 via 198.51.100.1 proto static',
  ])
  await router.commit({ ...specOf(), routing: { static: routes.slice(1) } })
  expect(await routesOf('static')).toEqual(['192.0.3.7'])
})
