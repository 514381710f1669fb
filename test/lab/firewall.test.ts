import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Namespace, serveHttp, until } from './index.ts'
import { fetchPage, pings, reaches, useAddress } from './router/guest.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

let topology: Topology
let guest: Namespace
beforeAll(async () => {
  topology = await openTopology('firewall')
  await topology.router.commit(baseSpec)
  const page = await serveHttp(topology.outside, { address: '198.51.100.1' })
  topology.lab.defer(() => page.close())
  guest = await topology.guest('one', '02:00:00:00:00:01')
  await useAddress(guest, '10.1.1.10/24')
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

interface Counter {
  readonly packets: number
}

const dropped = async (name: string): Promise<number> => {
  const counters = (await topology.router.state('firewall')) as Readonly<Record<string, Counter>>
  return counters[name]?.packets ?? 0
}

/** A listener in the router: where it is not reached, only the firewall can be in the way. */
const open = async (port: number): Promise<void> => {
  const server = await topology.router.netns.listen('0.0.0.0', port)
  server.on('connection', (socket) => socket.destroy())
  topology.lab.defer(() => void server.close())
}

describe('from outside', () => {
  test('nothing gets in, whatever listens', async () => {
    await open(8080)
    const before = await dropped('input_dropped')
    expect(await reaches(topology.outside, '198.51.100.5', 8080)).toBe(false)
    expect(await reaches(topology.outside, '198.51.100.5', 80)).toBe(false)
    expect(await pings(topology.outside, '198.51.100.5')).toBe(false)
    expect(await dropped('input_dropped')).toBeGreaterThan(before)
  })

  test('nothing gets through to a guest', async () => {
    await topology.outside.route('10.1.1.0/24', '198.51.100.5')
    const before = await dropped('forward_dropped')
    expect(await pings(topology.outside, '10.1.1.10')).toBe(false)
    expect(await dropped('forward_dropped')).toBeGreaterThan(before)
  })

  test('a source that is not from there is dropped', async () => {
    const before = await dropped('spoofed')
    await topology.outside.ip(['address', 'add', '10.1.1.200/32', 'dev', 'lo'])
    await topology.outside.ip(['route', 'replace', '10.1.1.10/32', 'via', '198.51.100.5', 'src', '10.1.1.200'])
    expect(await pings(topology.outside, '10.1.1.10')).toBe(false)
    expect(await dropped('spoofed')).toBeGreaterThan(before)
  })
})

describe('from a guest', () => {
  test('the gateway answers to a ping, and only its services are open', async () => {
    await open(2222)
    expect(await pings(guest, '10.1.1.1')).toBe(true)
    expect(await reaches(guest, '10.1.1.1', 53)).toBe(true)
    expect(await reaches(guest, '10.1.1.1', 80)).toBe(true)
    expect(await reaches(guest, '10.1.1.1', 2222)).toBe(false)
    expect(await reaches(guest, '198.51.100.5', 2222)).toBe(false)
    expect(await pings(guest, '198.51.100.5')).toBe(false)
  })

  test('the control network is out of reach, on any of its addresses and ports', async () => {
    await open(3922)
    const before = await dropped('to_control')
    expect(await reaches(guest, '10.1.1.1', 3922)).toBe(false)
    expect(await reaches(guest, '169.254.1.2', 3922)).toBe(false)
    expect(await reaches(guest, '169.254.0.1', 22)).toBe(false)
    expect(await pings(guest, '169.254.0.1')).toBe(false)
    expect(await dropped('to_control')).toBeGreaterThan(before)
  })

  test("another guest's or a stranger's address as source goes nowhere", async () => {
    const before = await dropped('spoofed')
    await guest.ip(['address', 'add', '10.9.9.9/32', 'dev', 'lo'])
    await guest.ip(['route', 'replace', '198.51.100.1/32', 'via', '10.1.1.1', 'src', '10.9.9.9'])
    expect(await fetchPage(guest, 'http://198.51.100.1/')).toBeUndefined()
    await guest.ip(['route', 'del', '198.51.100.1/32'])
    expect(await fetchPage(guest, 'http://198.51.100.1/')).toBe('you are 198.51.100.5\n')
    expect(await dropped('spoofed')).toBeGreaterThan(before)
  })
})

describe('from the control network', () => {
  test('SSH is open, and nothing else', async () => {
    expect(await reaches(topology.host, '169.254.1.2', 3922)).toBe(true)
    expect(await reaches(topology.host, '169.254.1.2', 2222)).toBe(false)
    expect(await pings(topology.host, '169.254.1.2')).toBe(false)
  })

  test('nothing is forwarded from it', async () => {
    await topology.host.route('10.1.1.0/24', '169.254.1.2')
    await topology.host.route('198.51.100.0/24', '169.254.1.2')
    expect(await pings(topology.host, '10.1.1.10')).toBe(false)
    expect(await pings(topology.host, '198.51.100.1')).toBe(false)
  })
})

test("the manager's connections take no place among those that guests can use up", async () => {
  const tracked = async (port: number): Promise<string> =>
    (await topology.router.effects.run(['conntrack', '--dump', '--proto', 'tcp', '--dport', `${port}`])).stdout
  expect(await reaches(topology.host, '169.254.1.2', 3922)).toBe(true)
  expect(await tracked(3922)).toBe('')
  // That the listing would show it: what else is sent there is tracked.
  expect(await fetchPage(guest, 'http://198.51.100.1/')).toBe('you are 198.51.100.5\n')
  expect(await tracked(80)).toContain('198.51.100.5')
})

test('egress denied stops new connections and lets those that are there go on', async () => {
  const { router } = topology
  const held = await guest.connect('198.51.100.1', 80)
  expect(await router.commit({ ...baseSpec, firewall: { egress: 'deny' } })).toMatchObject([
    { verb: 'update', target: 'firewall baseline', dropsFlows: false },
  ])
  expect(await fetchPage(guest, 'http://198.51.100.1/')).toBeUndefined()
  const answer = new Promise<string>((resolve) => held.once('data', (chunk) => resolve(String(chunk))))
  held.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await answer).toContain('200 OK')
  held.destroy()
  expect(await router.drift()).toEqual([])
  await router.commit(baseSpec)
  await until('egress is open again', async () => (await fetchPage(guest, 'http://198.51.100.1/')) !== undefined)
})
