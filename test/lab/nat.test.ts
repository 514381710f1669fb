import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LabHttpServer, type Namespace, serveHttp, until } from './index.ts'
import { fetchPage, pings, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

let topology: Topology
let guest: Namespace
let page: LabHttpServer
beforeAll(async () => {
  topology = await openTopology('nat')
  await topology.router.commit(baseSpec)
  page = await serveHttp(topology.outside, { address: '198.51.100.1' })
  topology.lab.defer(() => page.close())
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

test("a guest reaches the outside with the router's public address", async () => {
  expect(await fetchPage(guest, 'http://198.51.100.1/')).toBe('you are 198.51.100.5\n')
  expect(await pings(guest, '198.51.100.1')).toBe(true)
})

test('a second public address is used once the spec says so, and by new connections only', async () => {
  const { router } = topology
  const [control, inner, outer] = baseSpec.interfaces.interfaces
  const spec = {
    ...baseSpec,
    interfaces: {
      ...baseSpec.interfaces,
      interfaces: [control, inner, { ...outer, addresses: ['198.51.100.5/24', '198.51.100.6/24'] }],
    },
    nat: { source: [{ network: '10.1.1.0/24', device: 'eth2', address: '198.51.100.6' }], static: [], forwards: [] },
  }
  const held = await guest.connect('198.51.100.1', 80)
  const actions = await router.commit(spec)
  expect(actions).toEqual([
    {
      verb: 'update',
      target: 'address add 198.51.100.6/24 dev eth2',
      why: 'the spec of the interfaces differs from what is in force',
      dropsFlows: false,
    },
    {
      verb: 'update',
      target: 'source NAT of 10.1.1.0/24 by eth2',
      why: 'the address is 198.51.100.6, was 198.51.100.5',
      dropsFlows: false,
    },
  ])
  expect(await fetchPage(guest, 'http://198.51.100.1/')).toBe('you are 198.51.100.6\n')
  const answer = new Promise<string>((resolve) => held.once('data', (chunk) => resolve(String(chunk))))
  held.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await answer).toContain('you are 198.51.100.5')
  held.destroy()
  expect(await router.drift()).toEqual([])
  await router.commit(baseSpec)
  expect(await fetchPage(guest, 'http://198.51.100.1/')).toBe('you are 198.51.100.5\n')
})

test('the flows of a public address that leaves the machine end with it, and the way out stays', async () => {
  const { router, outside } = topology
  const [control, inner, outer] = baseSpec.interfaces.interfaces
  const moved = {
    ...baseSpec,
    interfaces: {
      ...baseSpec.interfaces,
      interfaces: [control, inner, { ...outer, addresses: ['198.51.100.7/24'] }],
    },
    nat: { source: [{ network: '10.1.1.0/24', device: 'eth2', address: '198.51.100.7' }], static: [], forwards: [] },
  }
  const held = await guest.connect('198.51.100.1', 80)
  held.on('error', () => undefined)
  const actions = await router.commit(moved)
  expect(actions).toContainEqual(
    expect.objectContaining({ target: 'address del 198.51.100.5/24 dev eth2', dropsFlows: true }),
  )
  expect(await fetchPage(guest, 'http://198.51.100.1/')).toBe('you are 198.51.100.7\n')
  // The old address may be somebody else's by now: nothing may leave with it.
  const { stdout } = await router.effects.run(['conntrack', '--dump', '--reply-dst', '198.51.100.5'])
  // Those that have ended carry nothing more; the kernel forgets them.
  expect(stdout.split('\n').filter((flow) => flow !== '' && !flow.includes('TIME_WAIT'))).toEqual([])
  const sniffer = await outside.spawn(['tcpdump', '-n', '-l', '-i', 'public', 'src host 198.51.100.5 and tcp'])
  await until('the sniffer listens', async () => sniffer.output().includes('listening on'))
  held.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await fetchPage(guest, 'http://198.51.100.1/')
  await sniffer.stop()
  expect(sniffer.output()).not.toContain('198.51.100.5.')
  held.destroy()
  expect(await router.drift()).toEqual([])
  await router.commit(baseSpec)
  expect(await fetchPage(guest, 'http://198.51.100.1/')).toBe('you are 198.51.100.5\n')
})

test('a neighbour that knew an address at another MAC learns where it is now', async () => {
  const { router } = topology
  const [control, inner, outer] = baseSpec.interfaces.interfaces
  const gateway = '10.1.1.77'
  const stale = '02:00:00:00:00:99'
  await guest.ip(['neighbour', 'replace', gateway, 'lladdr', stale, 'nud', 'reachable', 'dev', 'eth0'])
  const spec = {
    ...baseSpec,
    interfaces: {
      ...baseSpec.interfaces,
      interfaces: [control, { ...inner, addresses: [...(inner?.addresses ?? []), `${gateway}/24`] }, outer],
    },
  }
  await router.commit(spec)
  const { stdout } = await guest.exec(['ip', '-json', 'neighbour', 'show', gateway])
  expect(JSON.parse(stdout)).toMatchObject([{ dst: gateway, lladdr: inner?.mac }])
  await router.commit(baseSpec)
})

test('an address that the public interface does not have is refused', async () => {
  const source = [{ network: '10.1.1.0/24', device: 'eth2', address: '198.51.100.9' }]
  await expect(topology.router.commit({ ...baseSpec, nat: { ...baseSpec.nat, source } })).rejects.toThrow(
    'NAT to 198.51.100.9: eth2 does not have this address',
  )
})

test('drift names an address and a map element that were changed by hand', async () => {
  const { router } = topology
  await router.netns.ip(['address', 'add', '198.51.100.77/24', 'dev', 'eth2'])
  await router.effects.run(['nft', 'flush', 'map', 'ip', 'sysvm_nat', 'source_nat'])
  await router.netns.sysctl('net.ipv4.conf.eth2.rp_filter', 0)
  expect(await router.drift()).toEqual([
    'add element ip sysvm_nat source_nat { "eth2" . 10.1.1.0/24 : 198.51.100.5 }',
    'needs: ip address del 198.51.100.77/24 dev eth2',
    '/proc/sys/net/ipv4/conf/eth2/rp_filter is 0, not 1',
  ])
})
