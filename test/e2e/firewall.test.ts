import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Answer } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Namespace } from '../lab/index.ts'
import { patience, patienceSeconds } from '../lab/patience.ts'
import { type Cloud, createCloud, idOf, one, plan } from './cloud/index.ts'

let cloud: Cloud
beforeAll(async () => {
  cloud = await createCloud('firewall', { driver: 'container' })
})
afterAll(() => cloud?.[Symbol.asyncDispose]())

type Params = Readonly<Record<string, string | number | boolean>>

const list: Cloud['list'] = (...call) => cloud.list(...call)
const run: Cloud['run'] = (...call) => cloud.run(...call)
const refusal = (command: string, params: Params): Promise<string> =>
  cloud.client.call(command, params).then(
    () => 'done',
    (error) => String(error),
  )

/** A command inside a guest, which is a namespace of its host; whether it went well. */
const inGuest = async (guest: Answer, ...argv: readonly string[]): Promise<boolean> => {
  const [host] = cloud.hosts
  const { exitCode } = (await host?.connection.run(['ip', 'netns', 'exec', `sv-${guest.instancename}`, ...argv]).then(
    () => ({ exitCode: 0 }),
    () => ({ exitCode: 1 }),
  )) ?? { exitCode: 1 }
  return exitCode === 0
}
const fetchesSite = (guest: Answer): Promise<boolean> =>
  inGuest(guest, 'wget', '-q', '-t', '1', '-T', patienceSeconds(1), '-O', '/dev/null', `http://${plan.site.address}/`)
const pingsSite = (guest: Answer): Promise<boolean> =>
  inGuest(guest, 'busybox', 'ping', '-c', '1', '-W', patienceSeconds(1), plan.site.address)

const fetches = (at: Namespace, url: string): Promise<boolean> =>
  at.exec(['wget', '-q', '-t', '1', '-T', patienceSeconds(1), '-O', '/dev/null', `http://${url}/`]).then(
    () => true,
    () => false,
  )
const pings = (at: Namespace, address: string): Promise<boolean> =>
  at.exec(['busybox', 'ping', '-c', '1', '-W', patienceSeconds(1), address]).then(
    () => true,
    () => false,
  )

/** A guest that has its address by now. */
const deploy = async (name: string, network: string): Promise<Answer> => {
  const guest = await cloud.deploy(name, network, '#!/bin/sh\necho "sysvm-guest: up=$(hostname)"\n')
  await cloud.fact(idOf(guest), 'up')
  return guest
}

/** Whether a connection that was opened before still gets its answer; it is over then. */
const answers = (held: Socket): Promise<boolean> =>
  new Promise((resolve) => {
    held.on('error', () => resolve(false))
    held.once('data', () => resolve(true))
    setTimeout(() => resolve(false), patience(1000))
    held.write('GET / HTTP/1.0\r\n\r\n')
  })
const hold = async (address: string, port: number): Promise<Socket> => {
  const held = await cloud.outside.connect(address, port)
  held.on('error', () => undefined)
  return held
}

describe('the firewall of an isolated network', () => {
  let network: string
  let guest: Answer
  let ip: Answer
  const forward = (publicport: number, more: Params = {}): Promise<Answer> =>
    run('createPortForwardingRule', {
      ipaddressid: idOf(ip),
      protocol: 'tcp',
      publicport,
      privateport: 80,
      virtualmachineid: idOf(guest),
      openfirewall: false,
      ...more,
    })
  const open = (protocol: string, more: Params = {}): Promise<Answer> =>
    run('createFirewallRule', { ipaddressid: idOf(ip), protocol, ...more })
  const drop = (...rules: readonly Answer[]) =>
    Promise.all(rules.map((rule) => run('deleteFirewallRule', { id: idOf(rule) })))
  beforeAll(async () => {
    network = idOf(await cloud.network('isolated'))
    guest = await deploy('g1', network)
    ip = await run('associateIpAddress', { networkid: network })
  })

  test('opens a port to whom a rule names, and to nobody else', async () => {
    await forward(8001)
    const at = `${ip.ipaddress}:8001`
    expect(await fetches(cloud.outside, at)).toBe(false)
    const elsewhere = await open('tcp', { startport: 8001, cidrlist: '192.0.2.0/24,198.18.0.0/15' })
    expect(elsewhere).toMatchObject({
      state: 'Active',
      cidrlist: '192.0.2.0/24,198.18.0.0/15',
      startport: 8001,
      endport: 8001,
    })
    expect(await fetches(cloud.outside, at)).toBe(false)
    const here = await open('tcp', { startport: 8000, endport: 8009, cidrlist: '203.0.113.77/24' })
    expect(here).toMatchObject({
      state: 'Active',
      cidrlist: '203.0.113.0/24',
      ipaddress: ip.ipaddress,
      networkid: network,
    })
    expect(await fetches(cloud.outside, at)).toBe(true)
    await drop(here, elsewhere)
    expect(await fetches(cloud.outside, at)).toBe(false)
    expect(await list('listFirewallRules', 'firewallrule', { ipaddressid: idOf(ip) })).toEqual([])
  })

  test('ends the connections that a deleted rule allowed, and no others', async () => {
    await forward(8002)
    const rules = await Promise.all([8001, 8002].map((startport) => open('tcp', { startport })))
    const [gone, kept] = await Promise.all([8001, 8002].map((port) => hold(String(ip.ipaddress), port)))
    if (gone === undefined || kept === undefined) throw new Error('no connections')
    await run('deleteFirewallRule', { id: String(rules[0]?.id) })
    expect([await answers(gone), await answers(kept)]).toEqual([false, true])
    for (const held of [gone, kept]) held.destroy()
    await drop(...rules.slice(1))
  })

  test('knows types and codes of ICMP', async () => {
    const address = String(ip.ipaddress)
    const other = await open('icmp', { icmptype: 8, icmpcode: 1 })
    expect(await pings(cloud.outside, address)).toBe(false)
    const echo = await open('icmp', { icmptype: 8, icmpcode: 0 })
    expect(echo).toMatchObject({ icmptype: 8, icmpcode: 0, protocol: 'icmp' })
    expect(await pings(cloud.outside, address)).toBe(true)
    await drop(other, echo)
    expect(await pings(cloud.outside, address)).toBe(false)
  })

  test('refuses a rule that overlaps another, and names both', async () => {
    const rule = await open('tcp', { startport: 100, endport: 200 })
    const said = await refusal('createFirewallRule', { ipaddressid: idOf(ip), protocol: 'tcp', startport: 150 })
    expect(said).toMatch(/firewall rule [0-9a-f-]{36} for tcp 150-150 overlaps/)
    expect(said).toContain(idOf(rule))
    expect(said).toContain('(537)')
    // Of other ports, another protocol or other clients it is another rule.
    const others: readonly Params[] = [{ startport: 201 }, { startport: 150, cidrlist: '198.18.0.0/15' }]
    const made = await Promise.all([...others.map((more) => open('tcp', more)), open('udp', { startport: 150 })])
    await drop(rule, ...made)
  })

  test('a rule that came with a forwarding is listed, and goes with it', async () => {
    const forwarding = await forward(8003, { openfirewall: true })
    const rules = () => list('listFirewallRules', 'firewallrule', { ipaddressid: idOf(ip) })
    expect(await rules()).toMatchObject([{ startport: 8003, endport: 8003, cidrlist: '0.0.0.0/0', state: 'Active' }])
    expect(await fetches(cloud.outside, `${ip.ipaddress}:8003`)).toBe(true)
    await run('deletePortForwardingRule', { id: idOf(forwarding) })
    expect(await rules()).toEqual([])
    expect(await fetches(cloud.outside, `${ip.ipaddress}:8003`)).toBe(false)
  })

  test('rules of what guests send are the exceptions from what the offering says', async () => {
    const before = one(await cloud.client.call('listNetworks', { id: network }), 'network')
    expect(before.egressdefaultpolicy).toBe(true)
    expect([await fetchesSite(guest), await pingsSite(guest)]).toEqual([true, true])
    const rule = await run('createEgressFirewallRule', {
      networkid: network,
      protocol: 'tcp',
      startport: 80,
      destcidrlist: '198.51.100.0/24',
    })
    expect(rule).toMatchObject({
      traffictype: 'Egress',
      cidrlist: '10.1.1.0/24',
      destcidrlist: '198.51.100.0/24',
      state: 'Active',
    })
    expect([await fetchesSite(guest), await pingsSite(guest)]).toEqual([false, true])
    await run('deleteEgressFirewallRule', { id: idOf(rule) })
    expect(await fetchesSite(guest)).toBe(true)
  })

  test('an address that is given up takes its rules with it', async () => {
    await open('all')
    await run('disassociateIpAddress', { id: idOf(ip) })
    expect(await list('listFirewallRules', 'firewallrule', { networkid: network })).toEqual([])
  })
})

describe('a network whose offering denies what guests send', () => {
  test('lets out what its rules name', async () => {
    const offering = await run('createNetworkOffering', {
      name: 'closed',
      displaytext: 'closed',
      guestiptype: 'Isolated',
      traffictype: 'GUEST',
      supportedservices: 'Dhcp,Dns,Firewall,SourceNat,UserData',
      ...Object.fromEntries(
        ['Dhcp', 'Dns', 'Firewall', 'SourceNat', 'UserData'].flatMap((service, index) => [
          [`serviceproviderlist[${index}].service`, service],
          [`serviceproviderlist[${index}].provider`, 'VirtualRouter'],
        ]),
      ),
      egressdefaultpolicy: false,
    })
    await run('updateNetworkOffering', { id: idOf(offering), state: 'Enabled' })
    const network = await run('createNetwork', {
      name: 'closed',
      zoneid: cloud.zone,
      networkofferingid: idOf(offering),
      gateway: '10.1.2.1',
      netmask: '255.255.255.0',
    })
    const guest = await deploy('g2', idOf(network))
    expect([await fetchesSite(guest), await pingsSite(guest)]).toEqual([false, false])
    const egress = (params: Params): Promise<Answer> =>
      run('createEgressFirewallRule', { networkid: idOf(network), ...params })
    const web = await egress({ protocol: 'tcp', startport: 80 })
    expect([await fetchesSite(guest), await pingsSite(guest)]).toEqual([true, false])
    await egress({ protocol: 'icmp', icmptype: 8, icmpcode: 0, cidrlist: '10.1.2.0/25' })
    expect(await pingsSite(guest)).toBe(true)
    await run('deleteEgressFirewallRule', { id: idOf(web) })
    expect([await fetchesSite(guest), await pingsSite(guest)]).toEqual([false, true])
    await run('destroyVirtualMachine', { id: idOf(guest), expunge: true })
  })
})

describe('the ACL of a tier', () => {
  let vpcid: string
  let tier: string
  let aclid: string
  let guest: Answer
  let ip: Answer
  const item = (params: Params): Promise<Answer> => run('createNetworkACL', { aclid, ...params })
  const items = (): Promise<readonly Answer[]> => list('listNetworkACLs', 'networkacl', { aclid })
  const at = (): string => `${ip.ipaddress}:8080`
  beforeAll(async () => {
    const [vpcOffering] = await list('listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
    const vpc = await run('createVPC', {
      name: 'v1',
      displaytext: 'v1',
      cidr: '10.2.0.0/16',
      zoneid: cloud.zone,
      vpcofferingid: String(vpcOffering?.id),
    })
    vpcid = idOf(vpc)
    const list_ = await run('createNetworkACLList', { name: 'own', vpcid, description: 'of a test' })
    expect(list_).toMatchObject({ name: 'own', vpcid, vpcname: 'v1', description: 'of a test' })
    aclid = idOf(list_)
    const [offering] = await list('listNetworkOfferings', 'networkoffering', {
      name: 'DefaultIsolatedNetworkOfferingForVpcNetworks',
    })
    tier = idOf(
      await run('createNetwork', {
        name: 't1',
        zoneid: cloud.zone,
        networkofferingid: String(offering?.id),
        gateway: '10.2.1.1',
        netmask: '255.255.255.0',
        vpcid,
        aclid,
      }),
    )
    guest = await deploy('g3', tier)
    ip = await run('associateIpAddress', { vpcid })
    await run('createPortForwardingRule', {
      ipaddressid: idOf(ip),
      protocol: 'tcp',
      publicport: 8080,
      privateport: 80,
      virtualmachineid: idOf(guest),
      networkid: tier,
    })
  })

  test('lets in what its items allow, in their order', async () => {
    // An empty list lets nothing in and everything out.
    expect([await fetches(cloud.outside, at()), await fetchesSite(guest)]).toEqual([false, true])
    const allow = await item({ protocol: 'tcp', startport: 80, cidrlist: '203.0.113.0/24', number: 10, reason: 'web' })
    expect(allow).toMatchObject({
      number: 10,
      action: 'Allow',
      traffictype: 'Ingress',
      startport: '80',
      state: 'Active',
      aclname: 'own',
    })
    expect(await fetches(cloud.outside, at())).toBe(true)
    const deny = await item({ protocol: 'all', action: 'Deny', cidrlist: '203.0.113.1/32', number: 5 })
    expect(await fetches(cloud.outside, at())).toBe(false)
    expect((await items()).map(({ id }) => id)).toEqual([deny.id, allow.id])
    const aclconsistencyhash = createHash('md5').update(`${deny.id}${allow.id}`).digest('hex')
    const stale = await refusal('moveNetworkAclItem', {
      id: idOf(deny),
      previousaclruleid: idOf(allow),
      aclconsistencyhash: '0'.repeat(32),
    })
    expect(stale).toContain('aclconsistencyhash')
    const moved = await run('moveNetworkAclItem', {
      id: idOf(deny),
      previousaclruleid: idOf(allow),
      aclconsistencyhash,
    })
    expect(moved.number).toBe(11)
    expect(await fetches(cloud.outside, at())).toBe(true)
    await run('moveNetworkAclItem', { id: idOf(deny), nextaclruleid: idOf(allow) })
    expect(await fetches(cloud.outside, at())).toBe(false)
    await run('updateNetworkACLItem', { id: idOf(deny), cidrlist: '198.18.0.0/15' })
    expect(await fetches(cloud.outside, at())).toBe(true)
    expect(await refusal('createNetworkACL', { aclid, protocol: 'udp', number: 10 })).toMatch(
      new RegExp(`${allow.id}.*\\(537\\)`),
    )
  })

  test('an item about what goes out closes the rest of it', async () => {
    const echo = await item({ protocol: 'icmp', icmptype: 8, icmpcode: 0, traffictype: 'Egress' })
    expect([await fetchesSite(guest), await pingsSite(guest)]).toEqual([false, true])
    await run('deleteNetworkACL', { id: idOf(echo) })
    expect(await fetchesSite(guest)).toBe(true)
  })

  test('ends the connections that its items no longer allow', async () => {
    const [kept, gone] = [await hold(String(ip.ipaddress), 8080), await hold(String(ip.ipaddress), 8080)]
    const other = await item({ protocol: 'tcp', startport: 443 })
    expect(await answers(kept)).toBe(true)
    await run('deleteNetworkACL', { id: idOf(other) })
    const [allow] = (await items()).filter(({ reason }) => reason === 'web')
    await run('deleteNetworkACL', { id: String(allow?.id) })
    expect(await answers(gone)).toBe(false)
    for (const held of [kept, gone]) held.destroy()
  })

  test('is replaced as a whole, and one that is used stays', async () => {
    expect(await fetches(cloud.outside, at())).toBe(false)
    const [open] = await list('listNetworkACLLists', 'networkacllist', { name: 'default_allow', vpcid })
    expect(await refusal('deleteNetworkACLList', { id: aclid })).toMatch(/the tier t1.*\(536\)/)
    await run('replaceNetworkACLList', { networkid: tier, aclid: String(open?.id) })
    expect(await fetches(cloud.outside, at())).toBe(true)
    expect(await list('listNetworkACLLists', 'networkacllist', { networkid: tier })).toMatchObject([
      { name: 'default_allow' },
    ])
    expect(await refusal('createNetworkACL', { aclid: String(open?.id), protocol: 'all' })).toContain('default list')
    await run('deleteNetworkACLList', { id: aclid })
    expect((await list('listNetworkACLLists', 'networkacllist', { vpcid })).map(({ name }) => name).sort()).toEqual([
      'default_allow',
      'default_deny',
    ])
    const [shut] = await list('listNetworkACLLists', 'networkacllist', { name: 'default_deny', vpcid })
    await run('replaceNetworkACLList', { networkid: tier, aclid: String(shut?.id) })
    expect([await fetches(cloud.outside, at()), await fetchesSite(guest)]).toEqual([false, false])
  })
})
