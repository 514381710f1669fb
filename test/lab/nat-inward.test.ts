import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { LoadBalancerSpec, type RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Namespace, serveHttp, until } from './index.ts'
import { patience } from './patience.ts'
import { fetchPage, pings, reaches, useAddress } from './router/guest.ts'
import { askUdp, serveUdp } from './router/members.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'
import { openSurroundings, type Surroundings, twoUplinks } from './router/uplinks.ts'

type Nat = NonNullable<RouterServices['nat']>

let topology: Topology
let around: Surroundings
let one: Namespace
let two: Namespace

const { dhcp: _dhcp, dns: _dns, metadata: _metadata, ...quiet } = baseSpec

/** A spec with these rules; no daemons, which this is not about. */
const withNat = (nat: Partial<Nat>): RouterServices => ({
  ...quiet,
  ...twoUplinks,
  nat: { ...twoUplinks.nat, ...nat, source: [...twoUplinks.nat.source] },
})
const commit = (nat: Partial<Nat>) => topology.router.commit(withNat(nat))

/** Which of the guests answers there, and whom it takes the client for. */
const ask = async (from: Namespace, address: string, port = 80): Promise<string | undefined> =>
  (await fetchPage(from, `http://${address}:${port}/`))?.trim()

const serve = async (at: Namespace, address: string, port: number): Promise<void> => {
  const server = await serveHttp(at, {
    address,
    port,
    handler: (request, response) => response.end(`${at.name} ${port} ${request.socket.remoteAddress}\n`),
  })
  topology.lab.defer(() => server.close())
}

/** A connection whose other end answers every line. */
const converse = async (socket: Socket, line: string): Promise<string | undefined> => {
  socket.write(line)
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), patience(700))
    socket.once('data', (data) => {
      clearTimeout(timer)
      resolve(String(data))
    })
  })
}

beforeAll(async () => {
  topology = await openTopology('inward')
  around = await openSurroundings(topology)
  one = await topology.guest('one', '02:00:00:00:00:01')
  two = await topology.guest('two', '02:00:00:00:00:02')
  await useAddress(one, '10.1.1.10/24')
  await useAddress(two, '10.1.1.11/24')
  for (const [at, address] of [
    [one, '10.1.1.10'],
    [two, '10.1.1.11'],
    [around.tier, '10.1.2.10'],
    [around.internet, '192.0.2.1'],
  ] as const)
    await serve(at, address, 80)
  for (const port of [8081, 8082, 8083]) await serve(one, '10.1.1.10', port)
  await commit({})
  // Neighbours are found, and the first packet that waited for them is not lost to a busy machine.
  await until('the way out works', async () => (await ask(one, '192.0.2.1')) !== undefined)
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

describe('two uplinks', () => {
  test('each network leaves by the uplink of its address', async () => {
    expect(await ask(one, '192.0.2.1')).toBe('internet 80 198.51.100.5')
    expect(await ask(around.tier, '192.0.2.1')).toBe('internet 80 203.0.113.5')
    expect(await topology.router.drift()).toEqual([])
  })

  test('what comes in by an uplink is answered by it, on both and from neighbours too', async () => {
    const forward = (address: string) => ({ address, protocol: 'tcp', port: 80, guest: '10.1.1.10' }) as const
    await commit({ forwards: [forward('198.51.100.6'), forward('203.0.113.6')] })
    expect(await ask(around.internet, '198.51.100.6')).toBe('one 80 192.0.2.1')
    expect(await ask(around.internet, '203.0.113.6')).toBe('one 80 192.0.2.1')
    // A machine on the second public network asks an address of the first, and the answer takes the same way back.
    await around.second.ip(['route', 'add', '198.51.100.0/24', 'via', '172.16.2.1', 'src', '203.0.113.1'])
    expect(await ask(around.second, '198.51.100.6')).toBe('one 80 203.0.113.1')
    expect(await ask(around.second, '203.0.113.6')).toBe('one 80 203.0.113.1')
    await around.second.ip(['route', 'del', '198.51.100.0/24'])
    expect(await topology.router.drift()).toEqual([])
  })

  test('a guest with a static address of the second uplink leaves by it', async () => {
    await commit({ static: [{ address: '203.0.113.6', guest: '10.1.1.11' }] })
    expect(await ask(two, '192.0.2.1')).toBe('internet 80 203.0.113.6')
    expect(await ask(one, '192.0.2.1')).toBe('internet 80 198.51.100.5')
    expect(await ask(around.internet, '203.0.113.6')).toBe('two 80 192.0.2.1')
    expect(await pings(around.internet, '203.0.113.6')).toBe(true)
    expect(await pings(two, '192.0.2.1')).toBe(true)
  })

  test('one uplink fewer leaves no trace of policy routing', async () => {
    const [control, inner, outer, , tier] = twoUplinks.interfaces.interfaces
    const source = [twoUplinks.nat.source[0]]
    await topology.router.commit({
      ...quiet,
      interfaces: { interfaces: [control, inner, outer, tier], gateway: '198.51.100.1' },
      nat: { source, static: [], forwards: [] },
    })
    expect(await topology.router.drift()).toEqual([])
    const { stdout } = await topology.router.effects.run(['ip', '-4', 'rule', 'show'])
    expect(stdout.trim().split('\n')).toHaveLength(3)
    await commit({})
    expect(await ask(around.tier, '192.0.2.1')).toBe('internet 80 203.0.113.5')
  })
})

describe('port forwarding', () => {
  test('single ports, ranges that keep their ports and ranges that do not', async () => {
    const rule = { address: '198.51.100.6', protocol: 'tcp', guest: '10.1.1.10' } as const
    await commit({
      forwards: [
        { ...rule, port: 8080, guestPort: 80 },
        { ...rule, port: 8081, endPort: 8082 },
        { ...rule, port: 9081, endPort: 9083, guestPort: 8081 },
        { ...rule, port: 9000, guest: '10.1.1.11', guestPort: 80 },
      ],
    })
    expect(await ask(around.internet, '198.51.100.6', 8080)).toBe('one 80 192.0.2.1')
    expect(await ask(around.internet, '198.51.100.6', 8081)).toBe('one 8081 192.0.2.1')
    expect(await ask(around.internet, '198.51.100.6', 8082)).toBe('one 8082 192.0.2.1')
    expect(await ask(around.internet, '198.51.100.6', 9081)).toBe('one 8081 192.0.2.1')
    expect(await ask(around.internet, '198.51.100.6', 9083)).toBe('one 8083 192.0.2.1')
    expect(await ask(around.internet, '198.51.100.6', 9000)).toBe('two 80 192.0.2.1')
    expect(await reaches(around.internet, '198.51.100.6', 8083)).toBe(false)
    expect(await reaches(around.internet, '198.51.100.7', 8080)).toBe(false)
    expect(await topology.router.drift()).toEqual([])
  })

  test('for some sources only, single ports and ranges', async () => {
    const rule = { address: '198.51.100.6', protocol: 'tcp', guest: '10.1.1.10' } as const
    // As many as a rule of the API has.
    const many = Array.from(
      { length: 20_000 },
      (_, index) => `10.${64 + (index >> 12)}.${(index >> 4) & 255}.${(index & 15) * 16}/28`,
    )
    await commit({
      forwards: [
        { ...rule, port: 8080, guestPort: 80, sources: [...many, '192.0.2.0/24', '192.0.2.0/25'] },
        { ...rule, port: 8081, endPort: 8082, sources: ['192.0.2.1/32'] },
        { ...rule, port: 9000, guestPort: 80, sources: ['10.9.0.0/16'] },
        { ...rule, port: 8083, endPort: 8090, sources: ['10.9.0.0/16'] },
      ],
    })
    expect(await ask(around.internet, '198.51.100.6', 8080)).toBe('one 80 192.0.2.1')
    expect(await ask(around.internet, '198.51.100.6', 8082)).toBe('one 8082 192.0.2.1')
    expect(await reaches(around.internet, '198.51.100.6', 9000)).toBe(false)
    expect(await reaches(around.internet, '198.51.100.6', 8083)).toBe(false)
    expect(await topology.router.drift()).toEqual([])
  })

  test('UDP', async () => {
    const server = await one.datagram('10.1.1.10', 5353)
    server.on('message', (data, peer) => server.send(`echo ${data} of ${peer.address}`, peer.port, peer.address))
    topology.lab.defer(() => void server.close())
    await commit({
      forwards: [{ address: '203.0.113.6', protocol: 'udp', port: 53, guest: '10.1.1.10', guestPort: 5353 }],
    })
    const client = await around.internet.datagram('192.0.2.1', 0)
    topology.lab.defer(() => void client.close())
    const answer = new Promise((resolve) => client.once('message', (data) => resolve(String(data))))
    client.send('hello', 53, '203.0.113.6')
    expect(await answer).toBe('echo hello of 192.0.2.1')
  })
})

describe('hairpin', () => {
  beforeAll(async () => {
    await commit({
      static: [{ address: '198.51.100.7', guest: '10.1.1.11' }],
      forwards: [
        { address: '198.51.100.6', protocol: 'tcp', port: 80, guest: '10.1.1.10' },
        { address: '203.0.113.6', protocol: 'tcp', port: 8000, guest: '10.1.2.10', guestPort: 80 },
      ],
    })
  })

  test("a guest reaches its own network's addresses, by forwarding and static NAT, and itself", async () => {
    expect(await ask(two, '198.51.100.6')).toBe('one 80 10.1.1.1')
    expect(await ask(one, '198.51.100.7')).toBe('two 80 10.1.1.1')
    expect(await ask(one, '198.51.100.6')).toBe('one 80 10.1.1.1')
    expect(await pings(one, '198.51.100.7')).toBe(true)
  })

  test("a guest reaches other tiers' addresses as itself", async () => {
    expect(await ask(one, '203.0.113.6', 8000)).toBe('tier 80 10.1.1.10')
    expect(await ask(around.tier, '198.51.100.6')).toBe('one 80 10.1.2.10')
    expect(await ask(around.tier, '198.51.100.7')).toBe('two 80 10.1.2.10')
  })

  test('the router itself reaches them from an address of its own', async () => {
    expect(await ask(topology.router.netns, '198.51.100.6')).toMatch(/^one 80 /)
  })

  test('a load balancer on the second uplink is reached from outside and from its own members, TCP and UDP', async () => {
    const at = { address: '203.0.113.6', device: 'eth1', algorithm: 'roundrobin', check: { kind: 'none' } } as const
    const member = (port: number) => [{ id: 'm', address: '10.1.1.10', port }]
    await topology.router.commit({
      ...withNat({}),
      loadbalancer: LoadBalancerSpec.parse({
        rules: [
          { ...at, id: 'tcp', protocol: 'tcp', port: 8100, members: member(80) },
          { ...at, id: 'udp', protocol: 'udp', port: 5300, members: member(5354) },
        ],
      }),
    })
    const close = await serveUdp(one, '10.1.1.10', 5354, 'one')
    try {
      for (const from of [around.internet, around.second, one, two, around.tier])
        expect(await ask(from, '203.0.113.6', 8100)).toBe('one 80 10.1.1.1')
      for (const [from, address] of [
        [around.internet, '192.0.2.1'],
        [two, '10.1.1.11'],
        [one, '10.1.1.10'],
        [around.tier, '10.1.2.10'],
      ] as const)
        expect(await askUdp(from, { address, port: 4000 }, '203.0.113.6', 5300)).toBe('one')
    } finally {
      close()
    }
  })
})

describe('flows', () => {
  const rule = (port: number) => ({ address: '198.51.100.6', protocol: 'tcp', port, guest: '10.1.1.10' }) as const
  const keep = { 'one of many': [rule(8081)], 'a range written anew': [{ ...rule(8081), endPort: 8083 }] } as const

  test.each(Object.entries(keep))('those of a rule that goes are cut, others are not: %s', async (_name, kept) => {
    await commit({ forwards: [rule(80), rule(8081)], static: [{ address: '203.0.113.6', guest: '10.1.1.11' }] })
    const cut = await around.internet.connect('198.51.100.6', 80)
    const held = await around.internet.connect('198.51.100.6', 8081)
    const fixed = await around.internet.connect('203.0.113.6', 80)
    const out = await one.connect('192.0.2.1', 80)
    const all = [cut, held, fixed, out]
    for (const socket of all) socket.on('error', () => undefined)
    const line = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'
    for (const socket of all) expect(await converse(socket, line)).toContain('200')
    const actions = await commit({ forwards: [...kept] })
    expect(actions.filter(({ dropsFlows }) => dropsFlows).map(({ target }) => target)).toContain(
      'forwarding 198.51.100.6 tcp 80 to 10.1.1.10:80',
    )
    expect(await converse(cut, line)).toBeUndefined()
    expect(await converse(fixed, line)).toBeUndefined()
    expect(await converse(held, line)).toContain('200')
    expect(await converse(out, line)).toContain('200')
    for (const socket of all) socket.destroy()
  })

  test('of ten thousand a commit cuts none that stays, and all of a rule that goes', async () => {
    const { effects } = topology.router
    await commit({ forwards: [rule(80), rule(8081)] })
    const lines = Array.from({ length: 5000 }, (_, index) =>
      [80, 8081].map(
        (port) =>
          `-A -p udp -s 192.0.2.9 -d 198.51.100.6 --sport ${10_000 + index} --dport ${port} -g 10.1.1.10:${port} -t 300\n`,
      ),
    )
    await effects.run(['sh', '-c', 'cat | conntrack --load-file -'], { input: lines.flat().join('') })
    const count = async (port: number): Promise<number> => {
      const { stdout } = await effects.run(['conntrack', '--dump', '-p', 'udp', '--orig-src', '192.0.2.9'])
      return stdout.split('\n').filter((line) => line.includes(` dport=${port} `)).length
    }
    const udp = (port: number) => ({ ...rule(port), protocol: 'udp' }) as const
    expect([await count(80), await count(8081)]).toEqual([5000, 5000])
    await commit({ forwards: [udp(80), udp(8081), rule(9999)] })
    expect([await count(80), await count(8081)]).toEqual([5000, 5000])
    await commit({ forwards: [udp(8081), rule(9998)] })
    expect([await count(80), await count(8081)]).toEqual([0, 5000])
  })

  test('one that was cut does not come back when its server goes on talking', async () => {
    const forwards = [{ ...rule(7000), address: '198.51.100.5' }]
    await commit({ forwards, static: [{ address: '198.51.100.7', guest: '10.1.1.11' }] })
    const open = async (address: string, at: Namespace, own: string) => {
      const listener = await at.listen(own, 7000)
      const accepted = new Promise<Socket>((resolve) => listener.once('connection', resolve))
      const client = await around.internet.connect(address, 7000)
      const heard: string[] = []
      client.on('error', () => undefined).on('data', (data) => heard.push(String(data)))
      // What nobody has taken yet ends with its listener.
      const server = await accepted
      listener.close()
      server.on('error', () => undefined)
      server.write('before')
      await until('the client hears its server', async () => heard.length === 1)
      return { client, server, heard }
    }
    const both = [await open('198.51.100.5', one, '10.1.1.10'), await open('198.51.100.7', two, '10.1.1.11')]
    await commit({})
    // The same addresses and ports as before, as if the guest had called the client.
    for (const { server } of both) for (let turn = 0; turn < 3; turn++) server.write('after')
    await sleep(800)
    expect(both.map(({ heard }) => heard.join(' '))).toEqual(['before', 'before'])
    for (const { client, server } of both) for (const socket of [client, server]) socket.destroy()
    // What begins now is nobody's business but its own.
    expect(await ask(one, '192.0.2.1')).toBe('internet 80 198.51.100.5')
  })

  test('pings that a one to one address answered end with it', async () => {
    await commit({ static: [{ address: '198.51.100.7', guest: '10.1.1.11' }] })
    const ping = await around.internet.spawn(['busybox', 'ping', '-i', '0.2', '198.51.100.7'])
    const answers = (): number =>
      ping
        .output()
        .split('\n')
        .filter((line) => line.includes('seq=')).length
    await until('it is answered', async () => answers() > 1)
    await commit({})
    const { effects } = topology.router
    const { stdout } = await effects.run(['conntrack', '--dump', '-p', 'icmp'])
    expect(stdout).not.toContain('10.1.1.11')
    // What was on its way arrives.
    await sleep(300)
    const before = answers()
    await sleep(800)
    expect(answers()).toBe(before)
    await ping.stop()
  })

  test('those of a rule that leads elsewhere now are cut', async () => {
    await commit({ forwards: [rule(80)] })
    const cut = await around.internet.connect('198.51.100.6', 80)
    cut.on('error', () => undefined)
    expect(await converse(cut, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')).toContain('one')
    await commit({ forwards: [{ ...rule(80), guest: '10.1.1.11' }] })
    expect(await converse(cut, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')).toBeUndefined()
    cut.destroy()
    expect(await ask(around.internet, '198.51.100.6')).toBe('two 80 192.0.2.1')
  })
})
