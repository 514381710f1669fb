import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answer } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Issued, issue } from '../lab/certificates.ts'
import { until } from '../lab/index.ts'
import { patienceSeconds } from '../lab/patience.ts'
import { startProcess } from '../lab/process.ts'
import { type Cloud, createCloud, idOf, one } from './cloud/index.ts'
import { askOver, fetchWeb, openWeb, startLoad, textOf } from './cloud/web-client.ts'

/** What a healthy member has, and one that is not has not. */
const UP = 'echo fine > /run/www/up'

/** Asks a page of an inner address again and again; says who answered whenever that changes. */
const watch = (key: string, url: string): string => `#!/bin/sh
(while :; do
  now=$(timeout 2 wget -q -O - "${url}" || echo none)
  [ "$now" = "$last" ] || echo "sysvm-guest: ${key}=$now"
  last=$now
  sleep 0.3
done) &
`

/** Answers each datagram with the guest's name; busybox has no such server. */
const UDP_SERVER = `const socket = require('node:dgram').createSocket('udp4')
socket.on('message', (_, from) => socket.send(process.argv[1], from.port, from.address)).bind(5353)`

describe('a load balancer', () => {
  let cloud: Cloud
  let network: string
  let w1: string
  let w2: string
  let ip: Answer
  let address: string
  let rules: Readonly<Record<'web' | 'few' | 'tls' | 'udp', Answer>>

  const list: Cloud['list'] = (...call) => cloud.list(...call)
  const run: Cloud['run'] = (...call) => cloud.run(...call)
  const balance = (name: string, publicport: number, more = {}): Promise<Answer> =>
    run('createLoadBalancerRule', {
      ...{ publicipid: idOf(ip), name, algorithm: 'roundrobin', publicport, privateport: 80 },
      ...more,
    })
  const assign = (rule: Answer, ...guests: readonly string[]) =>
    run('assignToLoadBalancerRule', { id: idOf(rule), virtualmachineids: guests.join(',') })
  /** Waits until exactly these answer. */
  const served = (port: number, ...names: readonly string[]): Promise<unknown> =>
    until(
      `${names.join(' and ')} answer on port ${port}`,
      async () => {
        const pages = await Promise.all(Array.from({ length: 6 }, () => textOf(cloud.outside, address, { port })))
        const wanted = names.map((name) => `hello from ${name}`)
        if (pages.every((page) => wanted.includes(page)) && new Set(pages).size === names.length) return true
        throw new Error(pages.join(', '))
      },
      { timeoutMs: cloud.patienceMs },
    )

  /** Rejects unless a connection opens within a moment. */
  const opens = (port: number) => cloud.outside.exec(['nc', '-z', '-w', patienceSeconds(1), address, String(port)])

  beforeAll(async () => {
    cloud = await createCloud('loadbalancer', { driver: 'container' })
    network = idOf(await cloud.network('one'))
    w1 = idOf(await cloud.deploy('w1', network, `#!/bin/sh\n${UP}\n`, { ipaddress: '10.1.1.10' }))
    w2 = idOf(await cloud.deploy('w2', network, undefined, { ipaddress: '10.1.1.11' }))
    ip = await run('associateIpAddress', { networkid: network })
    address = String(ip.ipaddress)
    // All at once: the router takes them in one commit or two.
    const [web, few, tls, udp] = await Promise.all([
      balance('web', 80, { protocol: 'http' }),
      balance('few', 82, { protocol: 'http', cidrlist: '192.0.2.0/24', requestrate: '3/2s' }),
      balance('tls', 443, { protocol: 'ssl' }),
      balance('udp', 5353, { privateport: 5353, protocol: 'udp' }),
    ])
    rules = { web, few, tls, udp }
    await Promise.all([assign(web, w1, w2), assign(few, w1), assign(tls, w1), assign(udp, w1, w2)])
  })
  afterAll(() => cloud?.[Symbol.asyncDispose]())

  test('spreads clients over its members, which come and go under load without an error', async () => {
    const { web: rule } = rules
    expect(rule).toMatchObject({ state: 'Active', publicip: address, networkid: network, protocol: 'http' })
    await served(80, 'w1', 'w2')
    const load = startLoad(cloud.outside, address, {}, 2)
    for (let round = 0; round < 2; round++) {
      await run('removeFromLoadBalancerRule', { id: idOf(rule), virtualmachineids: w1 })
      await assign(rule, w1)
    }
    // A rule beside it makes the balancer load a new configuration.
    await balance('beside', 81)
    await until('many have asked', () => [...load.seen.values()].reduce((sum, count) => sum + count, 0) > 50)
    await load.stop()
    expect([...load.seen.keys()].sort()).toEqual(['hello from w1', 'hello from w2'])
  })

  test('keeps a client at its member by a cookie', async () => {
    const { web: rule } = rules
    const made = await run('createLBStickinessPolicy', {
      ...{ lbruleid: idOf(rule), name: 'keep', methodname: 'LbCookie' },
      ...{ 'param[0].name': 'cookie-name', 'param[0].value': 'SRV' },
    })
    const first = await fetchWeb(cloud.outside, address)
    const [cookie = ''] = (first.headers['set-cookie'] ?? '').split(';')
    expect(cookie).toMatch(/^SRV=/)
    const again = await Promise.all(
      Array.from({ length: 6 }, () => fetchWeb(cloud.outside, address, { headers: { Cookie: cookie } })),
    )
    expect(new Set(again.map(({ body }) => body))).toEqual(new Set([first.body]))
    const [policy] = made.stickinesspolicy as readonly Answer[]
    await run('deleteLBStickinessPolicy', { id: idOf(policy ?? {}) })
    expect((await fetchWeb(cloud.outside, address)).headers['set-cookie']).toBeUndefined()
  })

  test('leaves out a member that fails its health check', async () => {
    const { web: rule } = rules
    const made = await run('createLBHealthCheckPolicy', {
      ...{ lbruleid: idOf(rule), pingpath: '/up', intervaltime: 1, responsetimeout: 1 },
      ...{ healthythreshold: 1, unhealthythreshold: 1 },
    })
    await served(80, 'w1')
    const [policy] = made.healthcheckpolicy as readonly Answer[]
    await run('updateLBHealthCheckPolicy', { id: idOf(policy ?? {}), httpcodes: '200,404' })
    await served(80, 'w1', 'w2')
    await run('deleteLBHealthCheckPolicy', { id: idOf(policy ?? {}) })
  })

  test('lets in whom it is told to, and slows down who asks too much', async () => {
    const { few: rule } = rules
    await expect(opens(82)).rejects.toThrow()
    await expect(opens(80)).resolves.toBeDefined()
    await run('updateLoadBalancerRule', { id: idOf(rule), cidrlist: '203.0.113.0/24' })
    await until('it lets us in', async () => (await textOf(cloud.outside, address, { port: 82 })) === 'hello from w1')
    const pages = await Promise.all(Array.from({ length: 6 }, () => textOf(cloud.outside, address, { port: 82 })))
    expect(pages).toContain('429')
  })

  test('ends TLS with a certificate for each name, renewed while a connection is open', async () => {
    const authority = await issue({ subject: '/CN=Authority', isAuthority: true })
    const certificate = (name: string) => issue({ subject: `/CN=${name}`, names: `DNS:${name}`, issuer: authority })
    const upload = async (name: string, { certificate: text, key }: Issued): Promise<string> =>
      idOf(await run('uploadSslCert', { name, certificate: text, privatekey: key, certchain: authority.certificate }))
    const a = await upload('a', await certificate('a.example'))
    const b = await upload('b', await certificate('b.example'))
    const renewed = await certificate('a.example')
    const { tls: rule } = rules
    await run('assignCertToLoadBalancer', { lbruleid: idOf(rule), certid: a })
    await run('assignCertToLoadBalancer', { lbruleid: idOf(rule), certid: b, additional: true })
    const ca = authority.certificate
    for (const servername of ['a.example', 'b.example'])
      expect(await textOf(cloud.outside, address, { tls: { servername, ca } })).toBe('hello from w1')
    const held = await openWeb(cloud.outside, address, { tls: { servername: 'a.example', ca } })
    const c = await upload('c', renewed)
    await run('assignCertToLoadBalancer', { lbruleid: idOf(rule), certid: c, additional: true, forced: true })
    const shown = await openWeb(cloud.outside, address, { tls: { servername: 'a.example', ca } })
    const { raw } = (shown as unknown as { getPeerCertificate(): { raw: Buffer } }).getPeerCertificate()
    expect(renewed.certificate.replaceAll(/\s|-----[A-Z ]+-----/g, '')).toBe(raw.toString('base64'))
    shown.destroy()
    expect(await askOver(held, 'a.example')).toMatchObject({ status: 200, body: 'hello from w1' })
  })

  test('spreads datagrams', async () => {
    const [host] = cloud.hosts
    if (host === undefined) throw new Error('there is no host')
    const names = await readdir(join(host.root, 'run/netns'))
    const guests = await list('listVirtualMachines', 'virtualmachine')
    for (const guest of guests) {
      const own = names.find((name) => name.includes(String(guest.instancename)))
      if (own === undefined) throw new Error(`no namespace of ${guest.instancename} in ${names.join(', ')}`)
      const inside = ['nsenter', `--net=${join(host.root, 'run/netns', own)}`, '--'] as const
      const server = await startProcess([...inside, process.execPath, '-e', UDP_SERVER, String(guest.name)], {
        env: { NODE_OPTIONS: '' },
      })
      cloud.lab.defer(async () => void (await server.stop()))
    }
    const seen = new Set<string>()
    await until('both answer', async () => {
      // A client is known by its port: new ones go to either member.
      const fresh = await cloud.outside.datagram('203.0.113.1', 0)
      fresh.on('message', (text) => seen.add(String(text)))
      fresh.send('hello', 5353, address)
      await new Promise((resolve) => setTimeout(resolve, 50))
      fresh.close()
      return seen.size === 2
    })
  })

  test('goes on without a member that is stopped, and has it back', async () => {
    await run('stopVirtualMachine', { id: w2 })
    const load = startLoad(cloud.outside, address, {}, 1)
    await served(80, 'w1')
    await run('startVirtualMachine', { id: w2 })
    await served(80, 'w1', 'w2')
    await load.stop()
    expect([...load.seen.keys()].filter((page) => !page.startsWith('hello'))).toEqual([])
    await run('destroyVirtualMachine', { id: w2, expunge: true })
    const left = await list('listLoadBalancerRuleInstances', 'loadbalancerruleinstance', { id: idOf(rules.web) })
    expect(left.map(idOf)).toEqual([w1])
    await served(80, 'w1')
  })

  test('goes, and its port answers nobody', async () => {
    const all = await list('listLoadBalancerRules', 'loadbalancerrule')
    expect(all).toHaveLength(5)
    await Promise.all(all.map((rule) => run('deleteLoadBalancerRule', { id: idOf(rule) })))
    await expect(opens(80)).rejects.toThrow()
    expect(await list('listFirewallRules', 'firewallrule')).toEqual([])
  })

  test('is reached from one tier of a VPC and serves from another', async () => {
    const offering = one(await cloud.client.call('listVPCOfferings', { name: 'Default VPC offering' }), 'vpcoffering')
    const at = { zoneid: cloud.zone, vpcofferingid: idOf(offering) }
    const vpcid = idOf(await run('createVPC', { name: 'v1', cidr: '10.0.0.0/16', ...at }))
    const tiers = { name: 'DefaultIsolatedNetworkOfferingForVpcNetworks' }
    const networkofferingid = idOf(one(await cloud.client.call('listNetworkOfferings', tiers), 'networkoffering'))
    const acl = one(await cloud.client.call('listNetworkACLLists', { name: 'default_allow' }), 'networkacllist')
    const tier = async (name: string, gateway: string): Promise<string> =>
      idOf(
        await run('createNetwork', {
          ...{ zoneid: cloud.zone, vpcid, name, networkofferingid, gateway, netmask: '255.255.255.0' },
          aclid: idOf(acl),
        }),
      )
    const [front, back] = [await tier('front', '10.0.1.1'), await tier('back', '10.0.2.1')]
    const client = cloud.deploy('client', front, watch('inner', 'http://10.0.1.200:8080/'))
    const servers = await Promise.all([cloud.deploy('b1', back), client])
    const inner = await run('createLoadBalancer', {
      ...{ name: 'inner', scheme: 'Internal', algorithm: 'leastconn', networkid: back, instanceport: 80 },
      ...{ sourceipaddressnetworkid: front, sourceipaddress: '10.0.1.200', sourceport: 8080 },
    })
    await assign(inner, idOf(servers[0]))
    const says = (value: string): Promise<unknown> =>
      until(`the client says ${value}`, async () => (await cloud.facts(idOf(servers[1]))).inner === value, {
        timeoutMs: cloud.patienceMs,
      })
    await says('hello from b1')
    expect(await list('listLoadBalancers', 'loadbalancer')).toMatchObject([
      {
        sourceipaddress: '10.0.1.200',
        loadbalancerrule: [{ state: 'Active' }],
        loadbalancerinstance: [{ name: 'b1' }],
      },
    ])

    // Who comes to the tier's guests through a balancer is decided by the tier's list, by the balancer's own port.
    const outside = await run('associateIpAddress', { vpcid })
    const outer = await balance('outer', 8081, { publicipid: idOf(outside), networkid: back })
    await assign(outer, idOf(servers[0]))
    const opensOutside = () => cloud.outside.exec(['nc', '-z', '-w', '1', String(outside.ipaddress), '8081'])
    const page = await until('the outside is let in', () =>
      textOf(cloud.outside, String(outside.ipaddress), { port: 8081 }).catch(() => ''),
    )
    expect(page).toBe('hello from b1')
    const own = await run('createNetworkACLList', { vpcid, name: 'own' })
    await run('replaceNetworkACLList', { networkid: back, aclid: idOf(own) })
    await says('none')
    await expect(opensOutside()).rejects.toThrow()
    const item = { number: 10, action: 'allow', traffictype: 'ingress', protocol: 'tcp', cidrlist: '10.0.1.0/24' }
    await run('createNetworkACL', { aclid: idOf(own), ...item, startport: 8080, endport: 8081 })
    await says('hello from b1')
    await expect(opensOutside()).rejects.toThrow()
    await run('deleteLoadBalancer', { id: idOf(inner) })
    await says('none')
  })
})
