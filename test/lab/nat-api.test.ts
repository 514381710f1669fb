import { FirewallSpec, NatSpec } from '@sysvm/router/spec'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Call, startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { until } from './until.ts'

const HOST = 'local:?netns=nat-api'
const netmask = '255.255.255.0'

type Cloud = Awaited<ReturnType<typeof startApiCloud>>

let lab: Awaited<ReturnType<typeof openTestCluster>>
let cloud: Cloud
let call: Call
let zone: Awaited<ReturnType<typeof setUpZone>>
beforeAll(async () => {
  lab = await openTestCluster()
  cloud = await startApiCloud(lab.cluster, lab.folder, { commitSpacingMs: 300 })
  call = cloud.call
  zone = await setUpZone(call, HOST)
  const more = { gateway: '203.0.113.1', netmask, startip: '203.0.113.20', endip: '203.0.113.60' }
  await run(call, 'createVlanIpRange', { zoneid: zone.zoneid, forvirtualnetwork: 'true', ...more }, 'vlan')
})
afterAll(async () => {
  try {
    expect(cloud?.simulator.offences()).toEqual([])
  } finally {
    await cloud?.[Symbol.asyncDispose]()
    await lab?.remove()
  }
})

const deployOn = async (networkids: string, name: string): Promise<string> =>
  idOf(await run(call, 'deployVirtualMachine', { ...zone.guest, networkids, name }, 'virtualmachine'))
const take = async (of: Record<string, string>): Promise<string> =>
  idOf(await run(call, 'associateIpAddress', of, 'ipaddress'))
const specAt = (linklocal: unknown) => {
  const { services } = (cloud.simulator.agent(String(linklocal))?.spec ?? {}) as { services: Record<string, unknown> }
  return { nat: NatSpec.parse(services.nat), firewall: FirewallSpec.parse(services.firewall) }
}

/** An isolated network of its own with a guest, and its router. */
const setUp = async () => {
  const size = { gateway: '10.5.0.1', netmask, networkofferingid: zone.isolated }
  const params = { zoneid: zone.zoneid, name: 'n1', ...size }
  const networkid = idOf(await run(call, 'createNetwork', params, 'network'))
  const guestid = await deployOn(networkid, 'one')
  const [router] = await list(call, 'listRouters', 'router', { networkid })
  return {
    networkid,
    guestid,
    routerid: idOf(router),
    take: () => take({ networkid }),
    commits: () => cloud.simulator.commits(String(router?.linklocalip)).length,
    spec: () => specAt(router?.linklocalip),
  }
}

const stateOf = async (id: string) => (await list(call, 'listRouters', 'router', { id }))[0]?.state

describe('changes while the router is stopped', () => {
  it('are done at once, and in force when it starts', async () => {
    const at = await setUp()
    const { networkid, guestid, routerid: id } = at
    const [ip, other] = [await at.take(), await at.take()]
    const forward = (publicport: string) =>
      run(
        call,
        'createPortForwardingRule',
        { ipaddressid: ip, protocol: 'tcp', publicport, privateport: '80', virtualmachineid: guestid },
        'portforwardingrule',
      )
    const before = await forward('8000')
    expect(before.state).toBe('Active')
    await run(call, 'stopRouter', { id })
    const commits = at.commits()

    await run(call, 'deletePortForwardingRule', { id: idOf(before) })
    const made = await forward('8001')
    expect(made.state).toBe('Add')
    const egress = { networkid, protocol: 'tcp', startport: '25' }
    expect(await run(call, 'createEgressFirewallRule', egress, 'firewallrule')).toMatchObject({ state: 'Add' })
    await run(call, 'disassociateIpAddress', { id: other })
    const late = await at.take()
    const opened = { ipaddressid: late, protocol: 'udp', startport: '53' }
    await run(call, 'createFirewallRule', opened, 'firewallrule')
    expect(at.commits()).toBe(commits)
    expect(await stateOf(id)).toBe('Stopped')

    await run(call, 'startRouter', { id })
    const { nat, firewall } = at.spec()
    expect(nat.forwards).toMatchObject([{ id: idOf(made), port: 8001 }])
    expect(firewall.networks).toMatchObject([{ egress: { rules: [{ action: 'deny', ports: [25, 25] }] } }])
    expect(firewall.addresses.flatMap(({ rules }) => rules)).toMatchObject([
      { protocol: 'tcp', ports: [8001, 8001] },
      { protocol: 'udp', ports: [53, 53] },
    ])
    expect(await list(call, 'listPortForwardingRules', 'portforwardingrule', { networkid })).toMatchObject([
      { state: 'Active' },
    ])
    // Until now the machine might have come back with it.
    expect(await list(call, 'listPublicIpAddresses', 'publicipaddress', { state: 'Releasing' })).toEqual([])

    // A guest needs it, and has it started.
    await run(call, 'stopRouter', { id })
    await deployOn(networkid, 'two')
    expect(await stateOf(id)).toBe('Running')
  })

  it('of a VPC too', async () => {
    const { zoneid } = zone
    const [offering] = await list(call, 'listVPCOfferings', 'vpcoffering', { name: 'Default VPC offering' })
    const wanted = { zoneid, name: 'v1', cidr: '10.8.0.0/16', vpcofferingid: idOf(offering) }
    const vpcid = idOf(await run(call, 'createVPC', wanted, 'vpc'))
    const tier = async (name: string, gateway: string) => {
      const params = { zoneid, vpcid, name, gateway, netmask, networkofferingid: zone.tier }
      return idOf(await run(call, 'createNetwork', params, 'network'))
    }
    const web = await tier('web', '10.8.1.1')
    const guestid = await deployOn(web, 'w1')
    const [router] = await list(call, 'listRouters', 'router', { vpcid })
    await run(call, 'stopRouter', { id: idOf(router) })

    const wires = { ipaddress: '198.51.100.2', gateway: '198.51.100.1', netmask, vlan: 'untagged' }
    const gateway = await run(call, 'createPrivateGateway', { vpcid, ...wires }, 'privategateway')
    const route = { gatewayid: idOf(gateway), cidr: '192.168.0.0/16' }
    const routeid = idOf(await run(call, 'createStaticRoute', route, 'staticroute'))
    const forward = {
      ...{ ipaddressid: await take({ vpcid }), networkid: web, virtualmachineid: guestid },
      ...{ protocol: 'tcp', publicport: '80', privateport: '80' },
    }
    await run(call, 'createPortForwardingRule', forward, 'portforwardingrule')
    await run(call, 'deleteStaticRoute', { id: routeid })
    await run(call, 'deletePrivateGateway', { id: idOf(gateway) })
    expect(await list(call, 'listPrivateGateways', 'privategateway', { vpcid })).toEqual([])
    await tier('app', '10.8.2.1')
    await run(call, 'startRouter', { id: idOf(router) })
    expect(specAt(router?.linklocalip).nat.forwards).toMatchObject([{ port: 80 }])
  })
})

/** The text of an answer in XML, and its elements by their names. */
const askXml = async (command: string, params: Readonly<Record<string, string>>) => {
  const query = new URLSearchParams({ command, response: 'xml', ...params })
  const response = await fetch(`http://127.0.0.1:${cloud.at.port}/client/api?${query}`)
  const text = await response.text()
  expect({ command, status: response.status, text }).toMatchObject({ status: 200 })
  const [, root = '', body = ''] = /^<\?xml version="1.0" encoding="UTF-8"\?><(\w+) [^>]*>(.*)<\/\1>$/.exec(text) ?? []
  expect(root).toBe(`${command.toLowerCase()}response`)
  const all = (name: string) =>
    [...body.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'g'))].map(([, inner = '']) => inner)
  return { body, all, first: (name: string) => all(name)[0] ?? '' }
}

/** The same of the result of a command's job. */
const runXml = async (command: string, params: Readonly<Record<string, string>>) => {
  const started = await askXml(command, params)
  const jobid = started.first('jobid')
  const job = await until(`${command} ended`, async () => {
    const answer = await askXml('queryAsyncJobResult', { jobid })
    return answer.first('jobstatus') !== '0' && answer
  })
  expect(job.first('jobstatus')).toBe('1')
  return { result: job.first('jobresult'), all: job.all, id: started.first('id') }
}

describe('in XML', () => {
  it('a one to one address and its rules', async () => {
    const { networkid, guestid: virtualmachineid, ...at } = await setUp()
    const ipaddressid = await at.take()
    const success = '<success>true</success>'
    expect((await askXml('enableStaticNat', { ipaddressid, virtualmachineid })).body).toBe(success)
    const made = await runXml('createIpForwardingRule', {
      ...{ ipaddressid, protocol: 'tcp', startport: '7', endport: '9', cidrlist: '192.0.2.0/24,198.51.100.0/24' },
    })
    expect(made.result).toMatch(/^<ipforwardingrule><id>[0-9a-f-]{36}<\/id>.*<\/ipforwardingrule>$/)
    expect(made.id).not.toBe('')
    for (const [name, value] of Object.entries({
      ...{ id: made.id, protocol: 'tcp', publicport: '7', publicendport: '9', privateport: '7', privateendport: '9' },
      ...{ ipaddressid, virtualmachineid, networkid, state: 'Active', fordisplay: 'true' },
    }))
      expect([name, made.all(name)]).toEqual([name, [value]])
    const [listed, firewall] = [
      await askXml('listIpForwardingRules', { virtualmachineid }),
      await askXml('listFirewallRules', { ipaddressid }),
    ]
    expect(listed.body).toBe(`<count>1</count>${made.result}`)
    expect(firewall.first('cidrlist')).toBe('192.0.2.0/24,198.51.100.0/24')
    expect((await runXml('deleteIpForwardingRule', { id: made.id })).result).toBe(success)
    expect((await askXml('listIpForwardingRules', { ipaddressid })).body).toBe('')
    expect((await askXml('listFirewallRules', { ipaddressid })).body).toBe('')
    expect((await runXml('disableStaticNat', { ipaddressid })).result).toBe(success)
  })

  it('an address that is reserved, told of, taken and let go, and a forwarding that is changed', async () => {
    const { networkid, guestid: virtualmachineid } = await setUp()
    const [free] = await list(call, 'listPublicIpAddresses', 'publicipaddress', { state: 'Free' })
    const [id, ipaddress] = [idOf(free), String(free?.ipaddress)]
    const reserved = await askXml('reserveIpAddress', { id })
    expect(reserved.body).toMatch(/^<ipaddress><id>.*<\/ipaddress>$/)
    expect([reserved.all('id'), reserved.all('state')]).toEqual([[id], ['Reserved']])
    expect((await askXml('releaseIpAddress', { id })).body).toBe('<success>true</success>')
    await askXml('reserveIpAddress', { id })
    const taken = await runXml('associateIpAddress', { networkid, ipaddress })
    expect([taken.id, taken.all('state'), taken.all('associatednetworkid')]).toEqual([id, ['Allocated'], [networkid]])
    expect((await runXml('updateIpAddress', { id, fordisplay: 'true' })).result).toBe(taken.result)
    const rule = await runXml('createPortForwardingRule', {
      ...{
        ipaddressid: id,
        protocol: 'tcp',
        publicport: '80',
        publicendport: '81',
        privateport: '80',
        virtualmachineid,
      },
    })
    const changed = await runXml('updatePortForwardingRule', {
      id: rule.id,
      privateport: '8080',
      privateendport: '8081',
    })
    expect(changed.result).toBe(
      rule.result
        .replace('<privateport>80<', '<privateport>8080<')
        .replace('<privateendport>81<', '<privateendport>8081<'),
    )
    const states = await askXml('listPublicIpAddresses', { associatednetworkid: networkid, issourcenat: 'false' })
    expect([states.all('hasrules'), states.first('count')]).toEqual([['true'], '1'])
    expect((await runXml('disassociateIpAddress', { id })).result).toBe('<success>true</success>')
    expect((await askXml('listPortForwardingRules', { networkid })).body).toBe('')
  })
})

it('200 calls of every kind at once on one network: few commits, and all as if one came after the other', async () => {
  const at = await setUp()
  const { networkid, guestid: virtualmachineid } = at
  const [ip, fixed] = [await at.take(), await at.take()]
  const second = await deployOn(networkid, 'two')
  await call('enableStaticNat', { ipaddressid: fixed, virtualmachineid: second })
  const ports = (from: number, count: number) => Array.from({ length: count }, (_, index) => String(from + index))
  const forward = (publicport: string, more: Record<string, string> = {}) =>
    [
      'createPortForwardingRule',
      { ipaddressid: ip, protocol: 'tcp', publicport, privateport: '80', virtualmachineid, ...more },
    ] as const
  const made = await Promise.all(ports(1000, 40).map((port) => call(...forward(port))))
  const old = made.map(({ body }) => idOf(body))
  const before = at.commits()
  const calls = [
    ...ports(2000, 40).map((port) => forward(port)),
    // They want the same ports: one gets them.
    ...ports(0, 20).map(() => forward('3000', { publicendport: '3009' })),
    ...old.slice(0, 20).map((id) => ['deletePortForwardingRule', { id }] as const),
    ...old.slice(20).map((id) => ['updatePortForwardingRule', { id, virtualmachineid: second }] as const),
    ...ports(4000, 40).map(
      (startport) => ['createFirewallRule', { ipaddressid: ip, protocol: 'udp', startport }] as const,
    ),
    ...ports(5000, 40).map(
      (startport) => ['createEgressFirewallRule', { networkid, protocol: 'tcp', startport }] as const,
    ),
    ...ports(6000, 20).map(
      (startport) => ['createIpForwardingRule', { ipaddressid: fixed, protocol: 'tcp', startport }] as const,
    ),
  ]
  expect(calls).toHaveLength(200)
  const answers = await Promise.all(calls.map(([command, params]) => call(command, params)))
  const refused = answers.filter(({ status }) => status !== 200)
  expect(refused.map(({ status }) => status)).toEqual(Array(19).fill(537))
  const jobs = answers.flatMap(({ body }) => (body.jobid === undefined ? [] : [String(body.jobid)]))
  const ended = async () => {
    const rows = await cloud.db.selectFrom('async_job').select('jobstatus').where('id', 'in', jobs).execute()
    return rows.every(({ jobstatus }) => jobstatus !== 0) && rows.map(({ jobstatus }) => jobstatus)
  }
  expect(await until('each job ends', ended, { timeoutMs: 60_000 })).toEqual(Array(181).fill(1))
  const { nat, firewall } = at.spec()
  const guestOf = new Map(nat.forwards.map(({ port, guest }) => [port, guest]))
  const wanted = [...ports(1020, 20), ...ports(2000, 40), '3000'].map(Number)
  expect([...guestOf.keys()].sort((a, b) => a - b)).toEqual(wanted)
  const fixedGuest = nat.static.map(({ guest }) => guest)
  expect(old.length === 40 && ports(1020, 20).map((port) => guestOf.get(Number(port)))).toEqual(
    Array(20).fill(fixedGuest[0]),
  )
  const opened = firewall.addresses.flatMap(({ rules }) =>
    rules.map(({ protocol, ports: range }) => `${protocol} ${range}`),
  )
  const openings = [
    ...wanted.slice(0, -1).map((port) => `tcp ${port},${port}`),
    'tcp 3000,3009',
    ...ports(4000, 40).map((port) => `udp ${port},${port}`),
    ...ports(6000, 20).map((port) => `tcp ${port},${port}`),
  ]
  expect(opened.sort()).toEqual(openings.sort())
  expect(firewall.networks.flatMap(({ egress }) => egress?.rules ?? [])).toHaveLength(40)
  // The firewall rule of a forwarding goes with it; every job saw its own change in force.
  expect(at.commits() - before).toBeLessThan(30)
}, 120_000)
