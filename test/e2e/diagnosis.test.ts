import { type Answer, listOf } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../lab/index.ts'
import { type Cloud, createCloud, idOf, one } from './cloud/index.ts'

let cloud: Cloud
let network: string
let guest: Answer
let router: Answer
let guestAddress: string

const run: Cloud['run'] = (...call) => cloud.run(...call)
const diagnose = (type: string, ipaddress: string, params?: string) =>
  run('runDiagnostics', { targetid: idOf(router), type, ipaddress, ...(params === undefined ? {} : { params }) })
const explain = async (source: string, destination: string, protocol: string, port?: number): Promise<Answer> =>
  (
    await cloud.client.call('explainRouterPacket', {
      id: idOf(router),
      source,
      destination,
      protocol,
      ...(port === undefined ? {} : { port: String(port) }),
    })
  ).routerexplanation as Answer

beforeAll(async () => {
  cloud = await createCloud('diagnosis', { driver: 'container' })
  network = idOf(await cloud.network('one'))
  guest = await cloud.guest(idOf(await cloud.deploy('g1', network, '')))
  router = await cloud.router(network)
  guestAddress = String((guest.nic as readonly Answer[])[0]?.ipaddress)
})
afterAll(() => cloud?.[Symbol.asyncDispose]())

test('ping, arping and traceroute run in the router, and their jobs answer what they said', async () => {
  await until('the guest answers', async () => (await diagnose('ping', guestAddress, '-c 1')).exitcode === '0')
  expect(await diagnose('ping', guestAddress, '-c 2')).toMatchObject({
    stdout: expect.stringContaining('2 packets transmitted, 2 received'),
    stderr: '',
    exitcode: '0',
  })
  expect(await diagnose('arping', guestAddress, '-c 1')).toMatchObject({
    stdout: expect.stringMatching(/1 response/),
    exitcode: '0',
  })
  expect(await diagnose('traceroute', guestAddress)).toMatchObject({ exitcode: '0' })
  expect(await diagnose('ping', '10.1.1.254', '-c 1')).toMatchObject({ exitcode: '1' })
})

test('a packet is explained by the ids of the rules that decided', async () => {
  const ip = one(await cloud.client.call('listPublicIpAddresses', { issourcenat: 'true' }), 'publicipaddress')
  const address = String(ip.ipaddress)
  expect(await explain('203.0.113.77', address, 'tcp', 8022)).toMatchObject({ verdict: 'dropped' })
  const forward = await run('createPortForwardingRule', {
    ipaddressid: idOf(ip),
    protocol: 'tcp',
    publicport: 8022,
    privateport: 22,
    virtualmachineid: idOf(guest),
    openfirewall: false,
  })
  expect(await explain('203.0.113.77', address, 'tcp', 8022)).toMatchObject({
    verdict: 'dropped',
    service: 'firewall',
  })
  const rule = await run('createFirewallRule', {
    ipaddressid: idOf(ip),
    protocol: 'tcp',
    startport: 8000,
    endport: 8100,
    cidrlist: '203.0.113.0/24',
  })
  const allowed = await explain('203.0.113.77', address, 'tcp', 8022)
  expect(allowed).toMatchObject({ verdict: 'forwarded', ruleid: idOf(forward) })
  const rules = listOf(allowed, 'steps').flatMap(({ ruleid }) => (ruleid === undefined ? [] : [ruleid]))
  expect(rules).toEqual([idOf(rule), idOf(forward)])
  expect(await explain('198.18.0.9', address, 'tcp', 8022)).toMatchObject({ verdict: 'dropped' })
})

test('an egress rule is named by its id', async () => {
  expect(await explain(guestAddress, '192.0.2.9', 'tcp', 25)).toMatchObject({ device: 'eth1' })
  const before = await explain(guestAddress, '192.0.2.9', 'tcp', 25)
  const rule = await run('createEgressFirewallRule', {
    networkid: network,
    protocol: 'tcp',
    startport: 25,
    endport: 25,
  })
  const after = await explain(guestAddress, '192.0.2.9', 'tcp', 25)
  expect(after.ruleid).toBe(idOf(rule))
  // With a default of its network to allow, a rule denies; else it allows.
  expect([before.verdict, after.verdict].sort()).toEqual(['dropped', 'forwarded'])
})

test('the router’s health is what it found last, or finds now', async () => {
  const checks = async (performfreshchecks: boolean) => {
    const answer = await cloud.client.call('getRouterHealthCheckResults', {
      routerid: idOf(router),
      performfreshchecks: String(performfreshchecks),
    })
    return listOf(answer.routerhealthchecks as Answer, 'healthchecks')
  }
  const fresh = await checks(true)
  expect(fresh.map(({ checkname }) => checkname)).toEqual(
    expect.arrayContaining(['dhcp', 'dhcp.use', 'dns', 'nat.use']),
  )
  expect(fresh.filter(({ success }) => success !== true)).toEqual([])
  expect(await checks(false)).toEqual(fresh)
})

test('a guest that takes another address is dropped by its host, until it is given it', async () => {
  const [host] = cloud.hosts
  const name = String(guest.instancename)
  const as = (script: string) => host?.connection.run(['ip', 'netns', 'exec', `sv-${name}`, 'sh', '-c', script])
  const spoof = async () =>
    as('ip address add 10.1.1.222/24 dev eth0 2>/dev/null; ping -c 1 -W 1 -I 10.1.1.222 10.1.1.1 >&2')?.then(
      () => true,
      () => false,
    )
  expect(await spoof()).toBe(false)
  const nicid = idOf((guest.nic as readonly Answer[])[0] ?? {})
  await run('addIpToNic', { nicid, ipaddress: '10.1.1.222' })
  await until('its host lets it', async () => (await spoof()) === true)
})
