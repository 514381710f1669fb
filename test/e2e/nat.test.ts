import type { Answer } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Namespace, until } from '../lab/index.ts'
import { patience, patienceSeconds } from '../lab/patience.ts'
import { heldBy } from './cloud/held.ts'
import { type Cloud, createCloud, idOf, one, plan } from './cloud/index.ts'
import { routerControl } from './cloud/router-control.ts'

/** A second provider: a physical network of its own, by a bridge of its own. */
const second = { bridge: 'cloudbr-two', gateway: '198.18.0.1', start: '198.18.0.10', end: '198.18.0.12' } as const
/** Behind both providers. */
const internet = '192.0.2.250'

/** Says what a page says, whenever that changes. */
const watch = (key: string, url: string): string => `
(while :; do
  now=$(timeout 2 wget -q -O - "${url}" || echo none)
  [ "$now" = "$last" ] || echo "sysvm-guest: ${key}=$now"
  last=$now
  sleep 0.3
done) &
`

describe('NAT of an isolated network', () => {
  /** Seconds in which a page comes if it comes at all. */
  const seconds = (): string => patienceSeconds(2)
  let cloud: Cloud
  let provider: Namespace
  let network: string
  let guests: Readonly<Record<'g1' | 'g2', string>>

  const list: Cloud['list'] = (...call) => cloud.list(...call)
  const run: Cloud['run'] = (...call) => cloud.run(...call)
  const forward = (ip: Answer, publicport: number, more = {}): Promise<Answer> =>
    run('createPortForwardingRule', {
      ipaddressid: idOf(ip),
      protocol: 'tcp',
      publicport,
      privateport: 80,
      virtualmachineid: guests.g1,
      ...more,
    })
  const fetchFrom = async (at: Namespace, url: string): Promise<string> =>
    at.exec(['wget', '-q', '-T', seconds(), '-t', '1', '-O', '-', url]).then(
      ({ stdout }) => stdout.trim(),
      () => 'none',
    )
  const says = (guest: string, key: string, value: string | RegExp): Promise<unknown> =>
    until(
      `a guest says ${key}=${value}`,
      async () => {
        const said = (await cloud.facts(guest))[key]
        return typeof value === 'string' ? said === value : value.test(said ?? '')
      },
      { timeoutMs: cloud.patienceMs },
    )
  const address = (id: string): Promise<Answer> =>
    cloud.client
      .call('listPublicIpAddresses', { id, allocatedonly: false })
      .then((answer) => one(answer, 'publicipaddress'))
  const refusal = (command: string, params: Record<string, string | number>): Promise<string> =>
    cloud.client.call(command, params).then(
      () => 'done',
      (error) => String(error),
    )

  beforeAll(async () => {
    // As it ships: here many changes come at once.
    cloud = await createCloud('nat', { driver: 'container', environment: { SYSVM_COMMIT_SECONDS: '1' } })
    const { lab, outside, hosts, client, zone } = cloud
    const [host] = hosts
    if (host === undefined) throw new Error('there is no host')
    provider = await lab.namespace('provider')
    await host.namespace.bridge(second.bridge)
    await lab.link(
      { at: provider, device: 'public0', address: `${second.gateway}/24` },
      { at: host.namespace, device: 'uplink2', bridge: second.bridge },
    )
    // Each provider carries its own addresses only.
    await provider.nft(`table ip own { chain input { type filter hook input priority 0;
        iifname "public0" ip saddr != 198.18.0.0/24 drop; }; }`)
    await provider.address('lo', `${internet}/32`)
    await outside.address('lo', `${internet}/32`)
    network = idOf(await cloud.network('one'))
    const script = ['#!/bin/sh', watch('out', `http://${plan.site.address}/`)].join('\n')
    const g1 = idOf(await cloud.deploy('g1', network, script, { ipaddress: '10.1.1.10' }))
    const hairpin = ['#!/bin/sh', watch('hairpin', `http://${plan.public.start.replace(/\d+$/, '11')}:8000/`)].join(
      '\n',
    )
    const g2 = idOf(await cloud.deploy('g2', network, hairpin, { ipaddress: '10.1.1.11' }))
    guests = { g1, g2 }
    const physical = await client.run('createPhysicalNetwork', {
      name: 'two',
      zoneid: zone,
      isolationmethods: 'VXLAN',
      vlan: '6000-6009',
    })
    const physicalnetworkid = idOf((physical.physicalnetwork as Answer | undefined) ?? physical)
    await client.run('addTrafficType', { physicalnetworkid, traffictype: 'Public', kvmnetworklabel: second.bridge })
    await client.run('createVlanIpRange', {
      zoneid: zone,
      physicalnetworkid,
      vlan: 'untagged',
      gateway: second.gateway,
      netmask: '255.255.255.0',
      startip: second.start,
      endip: second.end,
      forvirtualnetwork: true,
    })
  })
  afterAll(() => cloud?.[Symbol.asyncDispose]())

  test('forwards ports and opens the firewall for them, from outside and from within', async () => {
    const ip = await run('associateIpAddress', { networkid: network, ipaddress: '203.0.113.11' })
    expect(ip).toMatchObject({ state: 'Allocated', issourcenat: false, associatednetworkid: network })
    const rule = await forward(ip, 8000, { publicendport: 8001, privateendport: 81 })
    expect(rule).toMatchObject({
      state: 'Active',
      publicendport: '8001',
      privateendport: '81',
      vmguestip: '10.1.1.10',
    })
    expect(await fetchFrom(cloud.outside, 'http://203.0.113.11:8000/')).toBe('hello from g1')
    expect(await list('listFirewallRules', 'firewallrule', { ipaddressid: idOf(ip) })).toMatchObject([
      { startport: 8000, endport: 8001, protocol: 'tcp', cidrlist: '0.0.0.0/0', state: 'Active' },
    ])
    await says(guests.g2, 'hairpin', 'hello from g1')
    const shut = await forward(ip, 8010, { openfirewall: false })
    expect(shut.state).toBe('Active')
    expect(await fetchFrom(cloud.outside, 'http://203.0.113.11:8010/')).toBe('none')
    await run('updatePortForwardingRule', { id: idOf(rule), virtualmachineid: guests.g2 })
    expect(await fetchFrom(cloud.outside, 'http://203.0.113.11:8000/')).toBe('hello from g2')
  })

  test('refuses what conflicts, and names both sides', async () => {
    const ip = one(await cloud.client.call('listPublicIpAddresses', { ipaddress: '203.0.113.11' }), 'publicipaddress')
    const [rule] = await list('listPortForwardingRules', 'portforwardingrule', { ipaddressid: idOf(ip) })
    const overlapping = {
      ipaddressid: idOf(ip),
      protocol: 'tcp',
      publicport: 7990,
      publicendport: 8005,
      privateport: 1,
      virtualmachineid: guests.g1,
    }
    const said = await refusal('createPortForwardingRule', overlapping)
    expect(said).toContain('(537)')
    expect(said).toContain(String(rule?.id))
    expect(await refusal('enableStaticNat', { ipaddressid: idOf(ip), virtualmachineid: guests.g1 })).toMatch(
      new RegExp(`${idOf(ip)}.*\\(537\\)`),
    )
    const [source] = await list('listPublicIpAddresses', 'publicipaddress', { issourcenat: true })
    expect(await refusal('disassociateIpAddress', { id: String(source?.id) })).toContain('source NAT')
  })

  test('ends the flows of a rule that is deleted', async () => {
    const ip = one(await cloud.client.call('listPublicIpAddresses', { ipaddress: '203.0.113.11' }), 'publicipaddress')
    const rule = await forward(ip, 8020)
    const held = await cloud.outside.connect('203.0.113.11', 8020)
    held.on('error', () => undefined)
    await run('deletePortForwardingRule', { id: idOf(rule) })
    await using control = await routerControl(cloud, network)
    await using client = await control.open()
    const { connections } = await client.request<{ connections: { tracked: number } }>('GET', '/v1/state/nat')
    expect(connections.tracked).toBeGreaterThanOrEqual(0)
    const answered = new Promise<string>((resolve) => {
      held.once('data', () => resolve('answered'))
      setTimeout(() => resolve('silence'), patience(1000))
    })
    held.write('GET / HTTP/1.0\r\n\r\n')
    expect(await answered).toBe('silence')
    held.destroy()
    expect(await list('listFirewallRules', 'firewallrule', { ipaddressid: idOf(ip) })).not.toContainEqual(
      expect.objectContaining({ startport: 8020 }),
    )
  })

  test('takes 200 rules at once: few commits, none lost', async () => {
    const ip = await run('associateIpAddress', { networkid: network })
    await using control = await routerControl(cloud, network)
    const before = (await control.status()).confirmed ?? 0
    const ports = Array.from({ length: 200 }, (_, index) => 20_000 + index)
    const rule = { ipaddressid: idOf(ip), protocol: 'tcp', privateport: 80, virtualmachineid: guests.g1 }
    await Promise.all(ports.map((publicport) => cloud.client.call('createPortForwardingRule', { ...rule, publicport })))
    const active = async (): Promise<boolean> => {
      const rules = await list('listPortForwardingRules', 'portforwardingrule', { ipaddressid: idOf(ip) })
      return rules.length === ports.length && rules.every(({ state }) => state === 'Active')
    }
    await until('all rules are active', active, { timeoutMs: cloud.patienceMs })
    const commits = ((await control.status()).confirmed ?? 0) - before
    expect(commits).toBeLessThan(30)
    await using client = await control.open()
    const { forwards } = await client.request<{ forwards: number }>('GET', '/v1/state/nat')
    expect(forwards).toBe(202)
    for (const port of [20_000, 20_111, 20_199])
      expect(await fetchFrom(cloud.outside, `http://${ip.ipaddress}:${port}/`)).toBe('hello from g1')
    await run('disassociateIpAddress', { id: idOf(ip) })
    expect(await fetchFrom(cloud.outside, `http://${ip.ipaddress}:20000/`)).toBe('none')
    expect((await address(idOf(ip))).state).toBe('Free')
  })

  test('gives a guest an address of its own, in both directions', async () => {
    const ip = await run('associateIpAddress', { networkid: network })
    await cloud.client.run('enableStaticNat', { ipaddressid: idOf(ip), virtualmachineid: guests.g1 })
    await says(guests.g1, 'out', `you are ${ip.ipaddress}`)
    expect(await address(idOf(ip))).toMatchObject({
      isstaticnat: true,
      virtualmachineid: guests.g1,
      vmipaddress: '10.1.1.10',
      purpose: 'StaticNat',
    })
    const rule = await run('createIpForwardingRule', { ipaddressid: idOf(ip), protocol: 'tcp', startport: 80 })
    expect(rule).toMatchObject({ state: 'Active', virtualmachineid: guests.g1 })
    expect(await fetchFrom(cloud.outside, `http://${ip.ipaddress}/`)).toBe('hello from g1')
    await run('disableStaticNat', { ipaddressid: idOf(ip) })
    await says(guests.g1, 'out', /^you are (?!203\.0\.113\.12$)/)
    expect(await list('listIpForwardingRules', 'ipforwardingrule', { ipaddressid: idOf(ip) })).toEqual([])
    await run('disassociateIpAddress', { id: idOf(ip) })
  })

  test('uses a second provider by a nic of its own, which goes with its last address', async () => {
    const nics = async (): Promise<number> => ((await cloud.router(network)).nic as readonly unknown[]).length
    expect(await nics()).toBe(3)
    const ip = await run('associateIpAddress', { networkid: network, ipaddress: second.start })
    await forward(ip, 80)
    expect(await nics()).toBe(4)
    // By its connected network, and from an address that is behind both providers.
    expect(await fetchFrom(provider, `http://${second.start}/`)).toBe('hello from g1')
    const { stdout } = await provider.exec([
      'wget',
      '-q',
      '-T',
      '20',
      '-t',
      '1',
      `--bind-address=${internet}`,
      '-O',
      '-',
      `http://${second.start}/`,
    ])
    expect(stdout.trim()).toBe('hello from g1')
    await run('disassociateIpAddress', { id: idOf(ip) })
    await until('the address is free', async () => (await address(idOf(ip))).state === 'Free', {
      timeoutMs: cloud.patienceMs,
    })
    expect(await nics()).toBe(3)
  })

  test('keeps an address that is reserved', async () => {
    const [free] = await list('listPublicIpAddresses', 'publicipaddress', { state: 'Free' })
    const id = String(free?.id)
    expect((await run('reserveIpAddress', { id })).state).toBe('Reserved')
    expect(await refusal('reserveIpAddress', { id })).toContain('(536)')
    await cloud.client.call('releaseIpAddress', { id })
    expect((await address(id)).state).toBe('Free')
  })

  test('forgets the rules of a guest that is expunged, and leaves nothing behind', async () => {
    await run('destroyVirtualMachine', { id: guests.g2, expunge: true })
    const left = await list('listPortForwardingRules', 'portforwardingrule', { networkid: network })
    expect(left.map(({ virtualmachineid }) => virtualmachineid)).toEqual([guests.g1])
    await run('destroyVirtualMachine', { id: guests.g1, expunge: true })
    expect(await list('listPortForwardingRules', 'portforwardingrule')).toEqual([])
    await run('deleteNetwork', { id: network })
    expect(await list('listPublicIpAddresses', 'publicipaddress')).toEqual([])
    const [host] = cloud.hosts
    if (host === undefined) throw new Error('there is no host')
    expect(await heldBy(cloud, host)).toMatchObject({
      machines: [],
      namespaces: [],
      bridges: [],
      ports: 0,
      processes: 0,
    })
  })
})
