import type { Socket } from 'node:net'
import type { FilterListInput, FilterRuleInput } from '@sysvm/router/firewall/rule'
import type { RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Namespace, serveHttp, until } from './index.ts'
import { sendPackets } from './packets.ts'
import { patience } from './patience.ts'
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

/** Whether an HTTP connection that is open still carries a request and its answer. */
const answers = (held: Socket): Promise<boolean> =>
  new Promise((resolve) => {
    held.once('data', () => resolve(true))
    held.once('error', () => resolve(false))
    setTimeout(() => resolve(false), patience(1000))
    held.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  })

describe('from outside', () => {
  test('nothing gets in, whatever listens', async () => {
    await open(8085)
    const before = await dropped('input_dropped')
    expect(await reaches(topology.outside, '198.51.100.5', 8085)).toBe(false)
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

test('egress denied stops new connections and ends those that are there', async () => {
  const { router } = topology
  const held = await guest.connect('198.51.100.1', 80)
  held.on('error', () => undefined)
  expect(await router.commit({ ...baseSpec, firewall: { egress: 'deny' } })).toMatchObject([
    { verb: 'update', target: 'firewall baseline', dropsFlows: true },
  ])
  expect(await fetchPage(guest, 'http://198.51.100.1/')).toBeUndefined()
  expect(await answers(held)).toBe(false)
  held.destroy()
  expect(await router.drift()).toEqual([])
  await router.commit(baseSpec)
  await until('egress is open again', async () => (await fetchPage(guest, 'http://198.51.100.1/')) !== undefined)
})

describe('rules of a public address', () => {
  const forwards = [
    { address: '198.51.100.5', protocol: 'tcp', port: 8080, guest: '10.1.1.10', guestPort: 80 },
    { address: '198.51.100.5', protocol: 'tcp', port: 8443, guest: '10.1.1.10', guestPort: 80 },
    { address: '198.51.100.5', protocol: 'udp', port: 5353, guest: '10.1.1.10' },
  ] as const
  const withRules = (...rules: readonly FilterRuleInput[]): RouterServices => ({
    interfaces: baseSpec.interfaces,
    nat: { ...baseSpec.nat, forwards: [...forwards] },
    firewall: {
      egress: 'allow',
      addresses: [{ address: '198.51.100.5', rules: [...rules] }],
      networks: [{ device: 'eth1' }],
    },
  })
  const port = (number: number, ...sources: readonly string[]): FilterRuleInput => ({
    protocol: 'tcp',
    ports: [number, number],
    ...(sources.length === 0 ? {} : { sources: [...sources] }),
  })
  const page = (number: number) => fetchPage(topology.outside, `http://198.51.100.5:${number}/`)
  beforeAll(async () => {
    const served = await serveHttp(guest, { address: '10.1.1.10' })
    topology.lab.defer(() => served.close())
  })

  const tracked = async (): Promise<number> => {
    const dump = ['conntrack', '--dump', '--proto', 'udp', '--orig-dst', '198.51.100.5'] as const
    const { stdout } = await topology.router.effects.run([...dump])
    return stdout.split('\n').filter((line) => / dport=2\d{4} /.test(line)).length
  }

  test('decide before the translation, on the port that the client used', async () => {
    const before = await dropped('ingress_dropped')
    await topology.router.commit(withRules())
    expect(await page(8080)).toBeUndefined()
    expect(await dropped('ingress_dropped')).toBeGreaterThan(before)
    await topology.router.commit(withRules(port(80)))
    expect(await page(8080)).toBeUndefined()
    await topology.router.commit(withRules(port(8080)))
    expect(await page(8080)).toBe('you are 198.51.100.1\n')
    expect(await page(8443)).toBeUndefined()
    expect(await topology.router.drift()).toEqual([])
  })

  test('take sources from lists of any length', async () => {
    // As many as a rule of the API has.
    const many = Array.from({ length: 20_000 }, (_, index) => `203.${index >> 7}.${index & 127}.${index & 254}/31`)
    await topology.router.commit(withRules(port(8080, ...many)))
    expect(await page(8080)).toBeUndefined()
    await topology.router.commit(withRules(port(8080, ...many, '198.51.100.0/30')))
    expect(await page(8080)).toBe('you are 198.51.100.1\n')
    expect(await topology.router.drift()).toEqual([])
  })

  test('let a guest come by its own public address, as a client like others', async () => {
    await topology.router.commit(withRules(port(8080, '198.51.100.0/24')))
    expect(await fetchPage(guest, 'http://198.51.100.5:8080/')).toBeUndefined()
    await topology.router.commit(withRules(port(8080, '10.1.1.0/24')))
    expect(await fetchPage(guest, 'http://198.51.100.5:8080/')).toContain('you are ')
  })

  test('know types and codes of ICMP', async () => {
    const icmp = (type: number, code?: number): FilterRuleInput => ({
      protocol: 'icmp',
      icmp: { type, ...(code === undefined ? {} : { code }) },
    })
    for (const [rule, open] of [
      [icmp(8, 0), true],
      [icmp(8, 1), false],
      [icmp(13), false],
      [icmp(8), true],
      [{ protocol: 'udp' }, false],
      [{ protocol: 'icmp' }, true],
      [{ protocol: 'all' }, true],
      [{ protocol: 1 }, true],
    ] as const satisfies readonly (readonly [FilterRuleInput, boolean])[]) {
      await topology.router.commit(withRules(rule))
      expect([rule, await pings(topology.outside, '198.51.100.5')]).toEqual([rule, open])
    }
  })

  test('let datagrams in', async () => {
    const server = await guest.datagram('10.1.1.10', 5353)
    topology.lab.defer(() => void server.close())
    server.on('message', (text, from) => server.send(text, from.port, from.address))
    const client = await topology.outside.datagram('198.51.100.1', 0)
    topology.lab.defer(() => void client.close())
    const echoed = (): Promise<boolean> =>
      new Promise((resolve) => {
        client.once('message', () => resolve(true))
        setTimeout(() => resolve(false), patience(700))
        client.send('hello', 5353, '198.51.100.5')
      })
    await topology.router.commit(withRules(port(5353)))
    expect(await echoed()).toBe(false)
    await topology.router.commit(withRules({ protocol: 'udp', ports: [5000, 6000] }))
    expect(await echoed()).toBe(true)
    // What is gone from the rules is gone from the connections.
    await topology.router.commit(withRules({ protocol: 'udp', ports: [5000, 5352] }))
    expect(await echoed()).toBe(false)
  })

  test('end the connections they allowed when they go, and no others', async () => {
    const { router, outside } = topology
    await router.commit(withRules(port(8080), port(8443)))
    const [gone, kept, out] = await Promise.all([
      outside.connect('198.51.100.5', 8080),
      outside.connect('198.51.100.5', 8443),
      guest.connect('198.51.100.1', 80),
    ])
    for (const held of [gone, kept, out]) expect(await answers(held)).toBe(true)
    gone.on('error', () => undefined)
    expect(await router.commit(withRules(port(8443)))).toMatchObject([
      { target: 'ingress of 198.51.100.5', why: '1 rules, else deny, was 2 rules, else deny', dropsFlows: true },
    ])
    expect(await answers(gone)).toBe(false)
    expect([await answers(kept), await answers(out)]).toEqual([true, true])
    // Narrower is a change like a deletion.
    await router.commit(withRules(port(8443, '203.0.113.0/24')))
    expect([await answers(kept), await answers(out)]).toEqual([false, true])
    for (const held of [gone, kept, out]) held.destroy()
  })

  test('end only their own of 10,000 connections', async () => {
    const { router, outside } = topology
    const busy = { address: '198.51.100.5', protocol: 'udp', port: 20_000, guest: '10.1.1.10' } as const
    const spec = (...rules: readonly FilterRuleInput[]): RouterServices => ({
      ...withRules(...rules),
      nat: { ...baseSpec.nat, forwards: [...forwards, busy] },
    })
    const many: FilterRuleInput = { protocol: 'udp', ports: [20_000, 20_000] }
    // Nobody listens there: that the guest says so would end the entries.
    await guest.nft('table ip quiet { chain out { type filter hook output priority 0; icmp type 3 drop; }; }')
    await router.commit(spec(many, port(8080)))
    const packets = Array.from({ length: 10_000 }, (_, index) => ({
      source: `198.18.${index >> 8}.${index & 255}`,
      destination: '198.51.100.5',
      protocol: 'udp',
      destinationPort: 20_000,
    }))
    // Before the others, the neighbours know each other.
    await sendPackets(outside, packets.slice(0, 1))
    await until('the first is tracked', async () => (await tracked()) > 0)
    await sendPackets(outside, packets)
    const open = await tracked()
    expect(open).toBeGreaterThan(9_900)
    const held = await outside.connect('198.51.100.5', 8080)
    held.on('error', () => undefined)
    await router.commit(spec(many))
    expect(await answers(held)).toBe(false)
    expect(await tracked()).toBe(open)
    await router.commit(spec({ ...many, sources: ['198.18.0.0/28'] }, { protocol: 'tcp' }))
    expect(await tracked()).toBe(16)
    held.destroy()
  })
})

describe('rules of what guests send', () => {
  const withEgress = (otherwise: 'allow' | 'deny', ...rules: readonly FilterRuleInput[]): RouterServices => ({
    ...baseSpec,
    firewall: { networks: [{ device: 'eth1', egress: { otherwise, rules: [...rules] } }] },
  })
  const fetched = async (): Promise<boolean> => (await fetchPage(guest, 'http://198.51.100.1/')) !== undefined
  const web = { protocol: 'tcp', ports: [80, 80] } as const satisfies FilterRuleInput

  test('are the exceptions from what is allowed', async () => {
    await topology.router.commit(withEgress('allow', { ...web, action: 'deny' }))
    expect([await fetched(), await pings(guest, '198.51.100.1')]).toEqual([false, true])
    await topology.router.commit(withEgress('allow', { ...web, action: 'deny', destinations: ['203.0.113.0/24'] }))
    expect(await fetched()).toBe(true)
    await topology.router.commit(withEgress('allow', { ...web, action: 'deny', sources: ['10.1.1.10/32'] }))
    expect(await fetched()).toBe(false)
  })

  test('are the exceptions from what is denied', async () => {
    const before = await dropped('egress_dropped')
    await topology.router.commit(withEgress('deny'))
    expect([await fetched(), await pings(guest, '198.51.100.1')]).toEqual([false, false])
    await topology.router.commit(withEgress('deny', { ...web, action: 'allow', destinations: ['198.51.100.0/24'] }))
    expect([await fetched(), await pings(guest, '198.51.100.1')]).toEqual([true, false])
    await topology.router.commit(withEgress('deny', { protocol: 'icmp', icmp: { type: 8, code: 0 } }))
    expect([await fetched(), await pings(guest, '198.51.100.1')]).toEqual([false, true])
    expect(await dropped('egress_dropped')).toBeGreaterThan(before)
    // The router's own services are not what egress is about.
    expect(await reaches(guest, '10.1.1.1', 53)).toBe(true)
    expect(await topology.router.drift()).toEqual([])
  })
})

describe('a routed network', () => {
  test('takes in what its rules allow, untranslated', async () => {
    const routed = (...rules: readonly FilterRuleInput[]): RouterServices => {
      const ingress: FilterListInput = { otherwise: 'deny', rules: [...rules] }
      return { interfaces: baseSpec.interfaces, firewall: { networks: [{ device: 'eth1', ingress }] } }
    }
    await topology.outside.ip(['address', 'flush', 'dev', 'lo', 'scope', 'global'])
    await topology.outside.ip(['route', 'replace', '10.1.1.10/32', 'via', '198.51.100.5'])
    const before = await dropped('routed_dropped')
    await topology.router.commit(routed())
    expect(await fetchPage(topology.outside, 'http://10.1.1.10/')).toBeUndefined()
    expect(await dropped('routed_dropped')).toBeGreaterThan(before)
    await topology.router.commit(routed({ protocol: 'tcp', ports: [80, 80], sources: ['198.51.100.0/24'] }))
    expect(await fetchPage(topology.outside, 'http://10.1.1.10/')).toBe('you are 198.51.100.1\n')
    expect(await pings(topology.outside, '10.1.1.10')).toBe(false)
    expect(await fetchPage(guest, 'http://198.51.100.1/')).toBe('you are 10.1.1.10\n')
    const held = await topology.outside.connect('10.1.1.10', 80)
    held.on('error', () => undefined)
    expect(await answers(held)).toBe(true)
    await topology.router.commit(routed({ protocol: 'tcp', ports: [80, 80], sources: ['203.0.113.0/24'] }))
    expect(await answers(held)).toBe(false)
    held.destroy()
  })
})
