import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { apply } from '@sysvm/router/loadbalancer/apply'
import type { LoadBalancerSpec, RouterServices } from '@sysvm/router/spec'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { everyRule } from '../unit/appliances/router/loadbalancer/spec.ts'
import { type Namespace, until } from './index.ts'
import { patience } from './patience.ts'
import { useAddress } from './router/guest.ts'
import {
  type Answer,
  askAt,
  askOver,
  askUdp,
  type HttpMember,
  makeCertificate,
  openTls,
  serveMember,
  serveProxied,
  serveUdp,
  shownTo,
} from './router/members.ts'
import { baseSpec, openTopology, type Topology } from './router/topology.ts'

type Balancer = z.input<typeof import('@sysvm/router/loadbalancer/spec').LoadBalancerSpec>
type RuleInput = Balancer['rules'][number]

const PUBLIC = '198.51.100.5'
const names = ['a', 'b', 'c'] as const

let topology: Topology
let guests: Readonly<Record<(typeof names)[number], Namespace>>
let servers: Readonly<Record<(typeof names)[number], HttpMember>>
let many: Namespace

const memberOf = (name: (typeof names)[number], port = 80): RuleInput['members'][number] => ({
  id: name,
  address: `10.1.1.${21 + names.indexOf(name)}`,
  port,
})
const all = names.map((name) => memberOf(name))
const quick = {
  kind: 'tcp',
  intervalSeconds: 1,
  timeoutSeconds: 10,
  healthyThreshold: 1,
  unhealthyThreshold: 1,
} as const

const ruleOf = (rule: Partial<RuleInput> & Pick<RuleInput, 'id' | 'port'>): RuleInput => ({
  device: 'eth1',
  address: PUBLIC,
  protocol: 'http',
  algorithm: 'roundrobin',
  members: all,
  check: quick,
  ...rule,
})

const specOf = (balancer: Balancer): RouterServices => ({ ...baseSpec, loadbalancer: balancer as LoadBalancerSpec })
const commit = (...rules: readonly RuleInput[]) => topology.router.commit(specOf({ rules: [...rules] }))

const ask = (port: number, path = '/', headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  askAt(topology.outside, PUBLIC, port, path, headers)
const whoAt = async (port: number, path = '/', headers: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await ask(port, path, headers)).body
const several = async (count: number, work: () => Promise<string | undefined>): Promise<readonly string[]> => {
  const found: string[] = []
  for (let turn = 0; turn < count; turn++) found.push((await work()) ?? 'nobody')
  return found
}
const counts = (found: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries([...new Set(found)].toSorted().map((name) => [name, found.filter((one) => one === name).length]))

/** Of the process that serves: another one after a reload. */
const processOf = async (): Promise<string> => {
  const text = await until('haproxy answers', () =>
    topology.router.effects.ask.unix('/run/haproxy/admin.sock', 'show info\n', { timeoutMs: 3000 }),
  )
  return /^Pid: (\d+)$/m.exec(text)?.[1] ?? ''
}

/** Guests that tell their names for as long as a connection lasts. */
const serveNames = async (port: number): Promise<void> => {
  for (const name of ['a', 'b'] as const) {
    const listener = await guests[name].listen(memberOf(name).address, port)
    listener.on('connection', (socket) => socket.on('error', () => undefined).on('data', () => socket.write(name)))
    topology.lab.defer(() => void listener.close())
  }
}
const say = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error('closed'))
    if (socket.destroyed || socket.readableEnded) return closed()
    socket.on('error', () => undefined)
    socket.once('data', (data) => resolve(String(data))).once('close', closed)
    socket.write('who?')
  })

beforeAll(async () => {
  topology = await openTopology('lb')
  const made = await Promise.all(
    names.map(async (name, index) => {
      const guest = await topology.guest(name, `02:00:00:00:01:0${index}`)
      await useAddress(guest, `10.1.1.${21 + index}/24`)
      const server = await serveMember(guest, `10.1.1.${21 + index}`, name)
      topology.lab.defer(() => server.close())
      return [name, guest, server] as const
    }),
  )
  guests = Object.fromEntries(made.map(([name, guest]) => [name, guest])) as typeof guests
  servers = Object.fromEntries(made.map(([name, , server]) => [name, server])) as typeof servers
  many = await topology.guest('many', '02:00:00:00:01:09')
  await useAddress(many, '10.1.1.250/24')
  const addresses = Array.from({ length: 200 }, (_, index) => [
    'address',
    'add',
    `10.1.1.${30 + index}/24`,
    'dev',
    'eth0',
  ])
  await many.ip(...addresses)
  const server = await serveMember(many, '0.0.0.0', 'many')
  topology.lab.defer(() => server.close())
})
afterAll(async () => {
  await topology?.[Symbol.asyncDispose]()
})

test('round robin, least connections and the source of a connection', async () => {
  await commit(
    ruleOf({ id: 'rr', port: 8001 }),
    ruleOf({ id: 'weighted', port: 8002, members: [{ ...memberOf('a'), weight: 200 }, memberOf('b')] }),
    ruleOf({ id: 'least', port: 8003, protocol: 'tcp', algorithm: 'leastconn' }),
    ruleOf({ id: 'source', port: 8004, algorithm: 'source' }),
  )
  // A check that a busy machine delays takes a member out for a moment.
  await until('all members serve', async () => new Set(await several(3, () => whoAt(8001))).size === 3)
  expect(counts(await several(9, () => whoAt(8001)))).toEqual({ a: 3, b: 3, c: 3 })
  expect(counts(await several(9, () => whoAt(8002)))).toEqual({ a: 6, b: 3 })
  const held = []
  for (let turn = 0; turn < 6; turn++) {
    const socket = await topology.outside.connect(PUBLIC, 8003)
    held.push({ socket, who: (await askOver(socket, '/', { connection: 'keep-alive' })).body })
  }
  expect(counts(held.map(({ who }) => who))).toEqual({ a: 2, b: 2, c: 2 })
  for (const { socket } of held) socket.destroy()
  expect(Object.values(counts(await several(6, () => whoAt(8004))))).toEqual([6])
  expect(await topology.router.drift()).toEqual([])
})

test('a member of a rule for PROXY sees who the client is; one for HTTP is told', async () => {
  const proxied = await serveProxied(guests.a, '10.1.1.21', 7000)
  await commit(
    ruleOf({ id: 'proxy', port: 8001, protocol: 'tcp-proxy', members: [memberOf('a', 7000)] }),
    ruleOf({ id: 'http', port: 8002, members: [memberOf('b')] }),
  )
  const socket = await topology.outside.connect(PUBLIC, 8001)
  const said = (text: string): Promise<string> =>
    new Promise((resolve) => {
      socket.once('data', (data) => resolve(String(data)))
      socket.write(text)
    })
  const header = `198.51.100.1:${socket.localPort} to ${PUBLIC}:8001`
  // Told once, before all that the client says, which comes to the member as it is.
  expect(await said('hello')).toBe(`${header}: hello`)
  expect(await said('again')).toBe(`${header}: again`)
  socket.destroy()
  // Checks come with a header too, or they would fail at such a member, and say that nobody is behind them.
  await until('the member is checked', () => proxied.headers.some(({ command }) => command === 'LOCAL'))
  expect(proxied.headers.filter(({ command }) => command === 'PROXY')).toHaveLength(1)
  proxied.close()
  servers.b.seen.length = 0
  await ask(8002, '/', { 'x-marker': 'me' })
  expect(servers.b.seen.find((headers) => headers['x-marker'] === 'me')).toMatchObject({
    'x-forwarded-for': '198.51.100.1',
    'x-forwarded-proto': 'http',
  })
})

test('stickiness: a cookie of the balancer, a session of the application, the address of the client', async () => {
  const rules = [
    ruleOf({
      id: 'lbcookie',
      port: 8001,
      stickiness: { method: 'LbCookie', cookieName: 'SRV', indirect: true, nocache: true, httponly: true },
    }),
    ruleOf({
      id: 'appcookie',
      port: 8002,
      stickiness: { method: 'AppCookie', cookieName: 'JSESSIONID', mode: 'query-string' },
    }),
    ruleOf({ id: 'address', port: 8003, protocol: 'tcp', stickiness: { method: 'SourceBased' } }),
  ]
  await commit(...rules)
  const first = await ask(8001)
  const cookie = first.headers['set-cookie']
  expect(cookie).toMatch(new RegExp(`^SRV=${first.body}; path=/; HttpOnly$`))
  const stuck = { cookie: `SRV=${first.body}` }
  expect(new Set(await several(5, () => whoAt(8001, '/', stuck)))).toEqual(new Set([first.body]))

  const login = await ask(8002, '/login')
  const session = login.headers['set-cookie']?.split(';')[0] ?? ''
  expect(new Set(await several(5, () => whoAt(8002, '/', { cookie: session })))).toEqual(new Set([login.body]))
  expect(new Set(await several(5, () => whoAt(8002, `/?${session}`)))).toEqual(new Set([login.body]))
  expect(new Set(await several(6, () => whoAt(8002))).size).toBe(3)

  const [sticky] = await several(1, () => whoAt(8003))
  expect(new Set(await several(5, () => whoAt(8003)))).toEqual(new Set([sticky]))

  // A reload hands the tables on: sessions stay where they are.
  const actions = await commit(...rules, ruleOf({ id: 'more', port: 8004 }))
  expect(actions).toContainEqual(expect.objectContaining({ verb: 'reload', target: 'sysvm-haproxy.service' }))
  expect(new Set(await several(5, () => whoAt(8002, '/', { cookie: session })))).toEqual(new Set([login.body]))
  expect(new Set(await several(5, () => whoAt(8003)))).toEqual(new Set([sticky]))
})

test('checks take a member out and bring it back', async () => {
  const http = { ...quick, kind: 'http', path: '/health', codes: '200-299' } as const
  await commit(
    ruleOf({ id: 'checked', port: 8001, check: http }),
    ruleOf({ id: 'dead', port: 8002, members: [memberOf('a', 81), memberOf('b')] }),
  )
  servers.a.health = 503
  const statusOf = async (rule: string, member: string): Promise<string | undefined> => {
    const rules = (await topology.router.state('loadbalancer')) as readonly {
      readonly id: string
      readonly members: readonly { readonly id: string; readonly status: string; readonly check?: string }[]
    }[]
    const found = rules.find(({ id }) => id === rule)?.members.find(({ id }) => id === member)
    return found === undefined ? undefined : `${found.status} ${found.check}`
  }
  await until('a is out', async () => (await statusOf('checked', 'a')) === 'DOWN L7STS/503')
  expect(counts(await several(4, () => whoAt(8001)))).toEqual({ b: 2, c: 2 })
  await until('a closed port is out', async () => (await statusOf('dead', 'a')) === 'DOWN L4CON')
  expect(counts(await several(4, () => whoAt(8002)))).toEqual({ b: 4 })
  // The process that takes over does not find out by its clients' errors.
  await commit(
    ruleOf({ id: 'checked', port: 8001, check: http }),
    ruleOf({ id: 'dead', port: 8002, members: [memberOf('a', 81), memberOf('b')] }),
    ruleOf({ id: 'more', port: 8003 }),
  )
  expect(counts(await several(4, () => whoAt(8002)))).toEqual({ b: 4 })
  servers.a.health = 204
  await until('a is back', async () => (await statusOf('checked', 'a')) === 'UP L7OK/204')
  servers.a.health = 200
  expect(counts(await several(6, () => whoAt(8001)))).toEqual({ a: 2, b: 2, c: 2 })
})

test('a member that vanishes: no client hears an error, and it is back when it is', async () => {
  const { outside, router } = topology
  const impatient = { ...quick, timeoutSeconds: 1, unhealthyThreshold: 2 }
  const both = [memberOf('a'), memberOf('b')]
  await commit(
    ruleOf({ id: 'vanishing', port: 8001, members: both, check: impatient, timeouts: { connect: 500 } }),
    ruleOf({ id: 'plain', port: 8002, protocol: 'tcp', members: both, check: impatient, timeouts: { connect: 500 } }),
    ruleOf({ id: 'alone', port: 8003, members: [memberOf('b')], check: impatient, timeouts: { connect: 500 } }),
  )
  await until('both serve', async () => new Set(await several(2, () => whoAt(8001))).size === 2)
  await router.exercise('loadbalancer')
  // Its neighbours know its address still: what is sent to it is lost without a word.
  await guests.b.ip(['link', 'set', 'eth0', 'down'])
  const found = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => (await askAt(outside, PUBLIC, 8001 + (index % 2))).body),
  )
  expect(counts(found)).toEqual({ a: 12 })
  await until('it is out', () =>
    router.exercise('loadbalancer').then(
      () => false,
      (error: Error) => error.message === 'No member of the load balancing rule alone serves: 10.1.1.22:80 L4TOUT.',
    ),
  )
  expect(counts(await several(4, () => whoAt(8001)))).toEqual({ a: 4 })
  await guests.b.ip(['link', 'set', 'eth0', 'up'], ['route', 'replace', 'default', 'via', '10.1.1.1'])
  await until('it is back', async () => new Set(await several(2, () => whoAt(8001))).size === 2)
  await until('all is well', () => router.exercise('loadbalancer').then(() => true))
})

test('limits: connections of one client, their rate, and requests; timeouts of a rule', async () => {
  await commit(
    ruleOf({ id: 'conns', port: 8001, protocol: 'tcp', limits: { connectionsPerSource: 2 } }),
    ruleOf({ id: 'rate', port: 8002, protocol: 'tcp', limits: { connectionRate: { count: 3, seconds: 60 } } }),
    ruleOf({ id: 'requests', port: 8003, limits: { requestRate: { count: 3, seconds: 60 } } }),
    ruleOf({ id: 'hasty', port: 8004, timeouts: { server: 1500 } }),
    ruleOf({ id: 'few', port: 8005, protocol: 'tcp', limits: { maxConnections: 1 } }),
    ruleOf({
      id: 'one',
      port: 8006,
      members: [{ ...memberOf('a'), maxConnections: 1 }],
      timeouts: { queue: 100 },
    }),
  )
  const held = [await topology.outside.connect(PUBLIC, 8001), await topology.outside.connect(PUBLIC, 8001)]
  for (const socket of held) expect((await askOver(socket, '/', { connection: 'keep-alive' })).status).toBe(200)
  await expect(ask(8001)).rejects.toThrow()
  for (const socket of held) socket.destroy()
  await until('a place is free', async () => (await ask(8001)).status === 200)
  expect(await several(3, () => whoAt(8002))).toHaveLength(3)
  await expect(ask(8002)).rejects.toThrow()
  const statuses = await several(4, async () => String((await ask(8003)).status))
  expect(statuses).toEqual(['200', '200', '200', '429'])
  expect(await topology.router.state('loadbalancer')).toContainEqual(
    expect.objectContaining({ id: 'requests', requests: 4, denied: 1 }),
  )
  // Whoever comes beyond the rule's limit waits until somebody leaves.
  const only = await topology.outside.connect(PUBLIC, 8005)
  expect((await askOver(only, '/', { connection: 'keep-alive' })).status).toBe(200)
  let answered = false
  const waiting = ask(8005).then(({ status }) => {
    answered = true
    return status
  })
  await sleep(300)
  expect(answered).toBe(false)
  only.destroy()
  expect(await waiting).toBe(200)
  // Beyond a member's, for as long as the queue lasts.
  const first = ask(8006, '/held')
  await until('the member is busy', async () => (await ask(8006)).status === 503)
  servers.a.letGo()
  expect((await first).status).toBe(200)
  expect((await ask(8004, '/held')).status).toBe(504)
  expect((await ask(8004)).status).toBe(200)
  for (const server of Object.values(servers)) server.letGo()
})

test('allow lists decide who may connect, also of connections that are there', async () => {
  const open = (allow: readonly string[]) => commit(ruleOf({ id: 'open', port: 8001, allow: [...allow] }))
  await open(['198.51.100.1/32', '198.51.100.0/24'])
  expect(await whoAt(8001)).toMatch(/^[abc]$/)
  const held = await topology.outside.connect(PUBLIC, 8001)
  held.on('error', () => undefined)
  expect((await askOver(held, '/', { connection: 'keep-alive' })).status).toBe(200)
  const actions = await open(['192.0.2.0/24'])
  expect(actions.filter(({ target }) => target === 'sysvm-haproxy.service')).toEqual([])
  const refused = await Promise.race([
    askOver(held, '/').then(() => 'answered'),
    new Promise<string>((resolve) => setTimeout(resolve, patience(700), 'silent')),
  ])
  held.destroy()
  expect(refused).toBe('silent')
  // As many as a rule may name, one within another: they come and go in a transaction that takes no time.
  const others = Array.from({ length: 19_998 }, (_, index) => `10.${64 + (index >> 8)}.${index & 255}.0/24`)
  await open([...others, '198.51.100.1/32', '198.51.100.0/24'])
  expect(await whoAt(8001)).toMatch(/^[abc]$/)
  await open(['192.0.2.0/24'])
  expect(await topology.router.drift()).toEqual([])
})

test('a rule that goes takes its connections with it, also those of an earlier process, and no others', async () => {
  await serveNames(7002)
  const members = [memberOf('a', 7002)]
  const rule = (id: string, port: number): RuleInput => ruleOf({ id, port, protocol: 'tcp', members })
  const [going, staying] = [rule('going', 8001), rule('staying', 8002)]
  await commit(going, staying)
  const early = await Promise.all([8001, 8002].map((port) => topology.outside.connect(PUBLIC, port)))
  expect(await Promise.all(early.map(say))).toEqual(['a', 'a'])
  // Another rule has a new process take over: the connections are the old one's now.
  const process = await processOf()
  await commit(going, staying, rule('beside', 8003))
  expect(await processOf()).not.toBe(process)
  const late = await Promise.all([8001, 8002].map((port) => topology.outside.connect(PUBLIC, port)))
  const held = [...early, ...late]
  expect(await Promise.all(held.map(say))).toEqual(['a', 'a', 'a', 'a'])
  await commit(staying)
  const saysStill = (socket: Socket): Promise<string> =>
    Promise.race([
      say(socket).catch(() => 'ended'),
      new Promise<string>((resolve) => setTimeout(resolve, patience(1000), 'silent')),
    ])
  expect(await Promise.all(held.map(saysStill))).toEqual(['ended', 'a', 'ended', 'a'])
  for (const socket of held) socket.destroy()
})

test('a removed member keeps its connections, comes back at once, and is forgotten after the last', async () => {
  const { router, outside } = topology
  await serveNames(7001)
  const members = [memberOf('a', 7001), memberOf('b', 7001)]
  const both = ruleOf({ id: 'kept', port: 8001, protocol: 'tcp', members })
  const alone = { ...both, members: members.slice(1) }
  const isKnown = async (): Promise<boolean> =>
    (await router.effects.ask.unix('/run/haproxy/admin.sock', 'show servers state to-kept\n')).includes(' a 10.1.1.21 ')
  const anew = async (): Promise<string> => {
    const socket = await outside.connect(PUBLIC, 8001)
    const name = await say(socket)
    socket.destroy()
    return name
  }
  await commit(both)
  const process = await processOf()
  const held = await Promise.all([1, 2].map(() => outside.connect(PUBLIC, 8001)))
  const names = await Promise.all(held.map(say))
  expect(names.toSorted()).toEqual(['a', 'b'])
  const ofA = held[names.indexOf('a')] as Socket
  expect(await commit(alone)).toMatchObject([{ verb: 'update' }])
  expect(await say(ofA)).toBe('a')
  expect(counts(await several(4, anew))).toEqual({ b: 4 })
  expect(await router.drift()).toEqual([])
  expect(await commit(both)).toMatchObject([{ verb: 'update' }])
  expect(counts(await several(4, anew))).toEqual({ a: 2, b: 2 })
  expect(await commit(alone)).toMatchObject([{ verb: 'update' }])
  expect(await isKnown()).toBe(true)
  expect(await processOf()).toBe(process)
  for (const socket of held) socket.destroy()
  await until('the member is forgotten', async () => {
    await router.tick('loadbalancer')
    return !(await isKnown())
  })
})

test('the statistics page is for those who know the password, from where it is allowed', async () => {
  const statistics = { address: PUBLIC, user: 'admin', password: `p'a"s$s#w\\rd` }
  const rules = [ruleOf({ id: 'rr', port: 8001 })]
  await topology.router.commit(specOf({ rules, statistics: { ...statistics, allow: ['198.51.100.1/32'] } }))
  expect((await ask(8081, '/admin')).status).toBe(401)
  const authorization = `Basic ${Buffer.from(`admin:${statistics.password}`).toString('base64')}`
  const page = await ask(8081, '/admin', { authorization })
  expect(page.status).toBe(200)
  expect(page.body).toContain('to-rr')
  await topology.router.commit(specOf({ rules, statistics }))
  const open = topology.outside.connect(PUBLIC, 8081).then(
    (socket) => {
      socket.destroy()
      return true
    },
    () => false,
  )
  expect(await Promise.race([open, new Promise((resolve) => setTimeout(resolve, patience(700), false))])).toBe(false)
})

test('TLS: certificates by name, renewed, added and removed without a reload or a lost connection', async () => {
  const { outside, router } = topology
  const [first, second, renewed, third] = await Promise.all([
    makeCertificate(outside, 'a.example.org', 'www.a.example.org'),
    makeCertificate(outside, 'b.example.org'),
    makeCertificate(outside, 'b.example.org'),
    makeCertificate(outside, 'c.example.org'),
  ])
  const secure = (certificates: Readonly<Record<string, typeof first>>, used = Object.keys(certificates)) =>
    router.commit(
      specOf({
        rules: [ruleOf({ id: 'tls', port: 8443, protocol: 'ssl', certificates: used })],
        certificates: Object.entries(certificates).map(([id, pem]) => ({ id, ...pem })),
      }),
    )
  const shown = async (name?: string): Promise<string> =>
    (await shownTo(outside, PUBLIC, 8443, name)).subject.CN as string
  await secure({ first, second })
  expect(await shown('www.a.example.org')).toBe('a.example.org')
  expect(await shown('b.example.org')).toBe('b.example.org')
  expect(await shown('unknown.example.org')).toBe('a.example.org')
  expect(await shown()).toBe('a.example.org')
  const held = await openTls(outside, PUBLIC, 8443, 'b.example.org')
  const before = held.getPeerCertificate().serialNumber
  expect((await askOver(held, '/', { connection: 'keep-alive' })).body).toMatch(/^[abc]$/)

  const process = await processOf()
  const actions = await secure({ first, second: renewed, third })
  expect(actions).toMatchObject([{ verb: 'update', target: 'sysvm-haproxy.service' }])
  const after = await shownTo(outside, PUBLIC, 8443, 'b.example.org')
  expect(after.serialNumber).not.toBe(before)
  expect(await shown('c.example.org')).toBe('c.example.org')
  expect((await askOver(held, '/', { connection: 'keep-alive' })).body).toMatch(/^[abc]$/)
  expect(await router.drift()).toEqual([])

  expect(await secure({ first, third })).toMatchObject([{ verb: 'update', target: 'sysvm-haproxy.service' }])
  expect(await shown('b.example.org')).toBe('a.example.org')
  expect((await askOver(held, '/', { connection: 'close' })).body).toMatch(/^[abc]$/)
  held.destroy()
  expect(await router.drift()).toEqual([])
  expect(await processOf()).toBe(process)
  // What runs is what a new process would be.
  await router.effects.unit('restart', 'sysvm-haproxy.service')
  await until('it listens', () =>
    shown('c.example.org').then(
      (name) => name === 'c.example.org',
      () => false,
    ),
  )
})

test('a key that is not the certificate’s, and other nonsense, is refused and changes nothing', async () => {
  const [one, other] = await Promise.all([
    makeCertificate(topology.outside, 'a'),
    makeCertificate(topology.outside, 'b'),
  ])
  const tls = ruleOf({ id: 'tls', port: 8443, protocol: 'ssl', certificates: ['x'] })
  await expect(
    topology.router.commit(specOf({ rules: [tls], certificates: [{ id: 'x', chain: one.chain, key: other.key }] })),
  ).rejects.toThrow('The private key of the certificate x is another one')
  await expect(commit(ruleOf({ id: 'x', port: 1, address: '198.51.100.77' }))).rejects.toThrow(
    'no public or guest interface',
  )
  await expect(commit(ruleOf({ id: 'x', port: 1 }), ruleOf({ id: 'y', port: 1 }))).rejects.toThrow(
    'Two rules listen at tcp',
  )
})

test('UDP: round robin and source, members that vanish, and flows that leave them', async () => {
  const { outside, router } = topology
  const close = await Promise.all(names.map((name) => serveUdp(guests[name], memberOf(name).address, 5300, name)))
  const members = names.map((name) => memberOf(name, 5300))
  const check = {
    kind: 'icmp',
    intervalSeconds: 1,
    timeoutSeconds: 1,
    healthyThreshold: 1,
    unhealthyThreshold: 1,
  } as const
  await commit(
    ruleOf({ id: 'rr', port: 53, protocol: 'udp', members, check }),
    ruleOf({ id: 'src', port: 54, protocol: 'udp', algorithm: 'source', members, check }),
    ruleOf({ id: 'shut', port: 55, protocol: 'udp', members, check, allow: ['192.0.2.0/24'] }),
    ruleOf({
      ...{ id: 'refusing', port: 56, protocol: 'udp', check: { ...check, kind: 'udp' } },
      members: [memberOf('a', 5300), memberOf('b', 5999)],
    }),
  )
  let port = 20_000
  const who = (to: number, own = port++): Promise<string | undefined> =>
    askUdp(outside, { address: '198.51.100.1', port: own }, PUBLIC, to)
  expect(counts(await several(9, () => who(53)))).toEqual({ a: 3, b: 3, c: 3 })
  const [sticky] = await several(1, () => who(54))
  expect(new Set(await several(5, () => who(54)))).toEqual(new Set([sticky]))
  expect(await who(55)).toBeUndefined()
  // One whose port is closed says so, and is left out.
  await until('nobody is sent to a closed port', async () => counts(await several(4, () => who(56))).a === 4)
  // A client within the network is answered as well, though its member is beside it.
  const inside = await askUdp(guests.a, { address: '10.1.1.21', port: 4000 }, PUBLIC, 53)
  expect(inside).toMatch(/^[abc]$/)

  const victim = (await who(53, 19_999)) as 'a' | 'b' | 'c'
  await guests[victim].ip(['link', 'set', 'eth0', 'down'])
  await until(`${victim} is out`, async () => !(await several(6, () => who(53))).includes('nobody'), {
    timeoutMs: 30_000,
  })
  // The same client port that stuck to it has another member now.
  await until('its flow has another member', async () => ((await who(53, 19_999)) ?? victim) !== victim)
  expect(counts(await several(6, () => who(53)))[victim]).toBeUndefined()
  expect(await router.drift()).toEqual([])
  expect(await router.state('loadbalancer')).toContainEqual(
    expect.objectContaining({
      id: 'rr',
      members: expect.arrayContaining([expect.objectContaining({ id: victim, status: 'DOWN' })]),
    }),
  )
  await guests[victim].ip(['link', 'set', 'eth0', 'up'], ['route', 'replace', 'default', 'via', '10.1.1.1'])
  await until(`${victim} is back`, async () => (await several(6, () => who(53))).includes(victim), {
    timeoutMs: 30_000,
  })
  expect(
    await commit(ruleOf({ id: 'rr', port: 53, protocol: 'udp', members: members.slice(0, 2), check })),
  ).toMatchObject([{ verb: 'update', target: 'table ip sysvm_lb_udp' }])
  expect(counts(await several(6, () => who(53)))).toEqual({ a: 3, b: 3 })
  expect(await who(54)).toBeUndefined()
  // An agent that has just begun knows nothing, but ends the flows of a rule that is gone by its first commit.
  expect(await who(53, 19_998)).toMatch(/^[ab]$/)
  await apply({ before: undefined, after: undefined, files: [] }, { ...router.effects })
  expect(await who(53, 19_998)).toBeUndefined()
  for (const shut of close) shut()
})

test('one rule of every kind at once: haproxy and the kernel take them, and nothing drifts', async () => {
  await topology.router.commit(specOf(everyRule))
  expect(await topology.router.drift()).toEqual([])
  expect(await topology.router.state('loadbalancer')).toHaveLength(everyRule.rules.length)
})

test('inside: an address of a tier balances among its guests', async () => {
  await commit(ruleOf({ id: 'inner', address: '10.1.1.1', port: 8888, members: [memberOf('b'), memberOf('c')] }))
  const found = await several(4, async () => (await askAt(guests.a, '10.1.1.1', 8888)).body)
  expect(counts(found)).toEqual({ b: 2, c: 2 })
  // Where the router itself answers, nobody else can.
  for (const port of [53, 80, 8080])
    await expect(commit(ruleOf({ id: 'inner', address: '10.1.1.1', port }))).rejects.toThrow(
      'the router itself answers',
    )
})

test('1,000 changes of members and some reloads under load: no request is lost', async () => {
  const { outside, router } = topology
  const pool = Array.from({ length: 200 }, (_, index) => ({
    id: `m${index}`,
    address: `10.1.1.${30 + index}`,
    port: 80,
  }))
  const half = (turn: number) => pool.filter((_, index) => index % 2 === turn % 2)
  const rule = (turn: number) => ruleOf({ id: 'busy', port: 8001, members: [...half(turn), memberOf('a')] })
  await commit(rule(0))
  const process = await processOf()
  let running = true
  let served = 0
  const errors: unknown[] = []
  const client = async (keep: boolean): Promise<void> => {
    let socket = await outside.connect(PUBLIC, 8001)
    while (running) {
      // The machine has other things to do as well.
      await sleep(10)
      try {
        const { status, headers } = await askOver(socket, '/', { connection: keep ? 'keep-alive' : 'close' })
        if (status !== 200) errors.push(status)
        served += 1
        if (headers.connection !== 'close') continue
      } catch (error) {
        errors.push(error)
      }
      socket.destroy()
      socket = await outside.connect(PUBLIC, 8001)
    }
    socket.destroy()
  }
  const clients = [client(true), client(true), client(false)]
  const verbs: string[] = []
  for (let turn = 1; turn <= 5; turn++) verbs.push(...(await commit(rule(turn))).map(({ verb }) => verb))
  expect(verbs).toEqual(Array.from({ length: 5 }, () => 'update'))
  expect(await processOf()).toBe(process)
  expect(await router.drift()).toEqual([])
  for (let turn = 1; turn <= 4; turn++)
    await commit(rule(5), ...(turn % 2 === 1 ? [ruleOf({ id: 'more', port: 8002 })] : []))
  running = false
  await Promise.all(clients)
  expect(errors).toEqual([])
  expect(served).toBeGreaterThan(100)
  expect(await router.drift()).toEqual([])
})

test('the last rule takes haproxy and the table with it', async () => {
  const { router } = topology
  await router.commit(baseSpec)
  expect(await router.effects.unitActive('sysvm-haproxy.service')).toBe(false)
  expect((await router.effects.run(['nft', 'list', 'tables'])).stdout).not.toContain('sysvm_lb_udp')
})
