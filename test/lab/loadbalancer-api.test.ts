import { LoadBalancerSpec } from '@sysvm/router/spec'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiCloud } from '../simulator/api.ts'
import { openTestCluster } from '../simulator/manager.ts'
import { idOf, list, run, setUpZone } from './balanced.ts'
import { issue } from './certificates.ts'
import { until } from './until.ts'

let lab: Awaited<ReturnType<typeof openTestCluster>>
beforeAll(async () => {
  lab = await openTestCluster()
})
afterAll(() => lab.remove())

/** What the machine holds now. */
const servicesOf = (agent: { readonly spec: unknown } | undefined): Readonly<Record<string, unknown>> => {
  const { services } = (agent?.spec ?? { services: {} }) as { services: Record<string, unknown> }
  return services
}

/** Commits need not be spared here. */
const AT_ONCE = { commitSpacingMs: 0 }
const HOST = 'local:?netns=lb-h1'

describe('load balancing through the API', () => {
  it('comes to the router as it is asked for, and goes with what it hangs on', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, AT_ONCE)
    const { call, simulator, db } = cloud
    const zone = await setUpZone(call, HOST)
    const size = { gateway: '10.5.0.1', netmask: '255.255.255.0' }
    const made = { zoneid: zone.zoneid, networkofferingid: zone.isolated, name: 'n1', ...size }
    const networkid = idOf(await run(call, 'createNetwork', made, 'network'))
    const deploy = async (name: string) =>
      idOf(await run(call, 'deployVirtualMachine', { ...zone.guest, networkids: networkid, name }, 'virtualmachine'))
    const [first, second] = [await deploy('one'), await deploy('two')]
    const [router] = await list(call, 'listRouters', 'router')
    const spec = () => {
      const balancer = servicesOf(simulator.agent(String(router?.linklocalip))).loadbalancer
      return balancer === undefined ? undefined : LoadBalancerSpec.parse(balancer)
    }
    const [source] = await list(call, 'listPublicIpAddresses', 'publicipaddress')
    expect(spec()).toBeUndefined()

    const web = await run(
      call,
      'createLoadBalancerRule',
      {
        ...{ publicipid: idOf(source), name: 'web', algorithm: 'RoundRobin', publicport: '80', privateport: '8080' },
        ...{ protocol: 'http', cidrlist: '198.51.100.7/24,0.0.0.0/1', maxconnections: '500', requestrate: '50/10s' },
        timeoutclient: '9000',
      },
      'loadbalancer',
    )
    const id = idOf(web)
    expect(web).toMatchObject({
      publicip: source?.ipaddress,
      publicport: '80',
      privateport: '8080',
      algorithm: 'roundrobin',
      cidrlist: '198.51.100.0/24,0.0.0.0/1',
      networkid,
      state: 'Active',
      protocol: 'http',
      maxconnections: 500,
      requestrate: '50/10s',
      timeoutclient: 9000,
    })
    const rule = (ruleId: string) => spec()?.rules.find((item) => item.id === ruleId)
    expect(rule(id)).toEqual({
      ...{ id, device: 'eth1', address: source?.ipaddress, port: 80, protocol: 'http', algorithm: 'roundrobin' },
      ...{ members: [], certificates: [], allow: ['198.51.100.0/24', '0.0.0.0/1'] },
      limits: { maxConnections: 500, requestRate: { count: 50, seconds: 10 } },
      timeouts: { client: 9000 },
    })

    expect(await db.selectFrom('firewall_rule').selectAll().execute()).toMatchObject([
      { public_ip: idOf(source), protocol: 'tcp', startport: 80, endport: 80, cidrlist: ['0.0.0.0/0'], related: id },
    ])
    await run(call, 'assignToLoadBalancerRule', { id, virtualmachineids: `${first},${second}` })
    const addresses = () => rule(id)?.members.map(({ address, port }) => `${address}:${port}`)
    expect(addresses()).toEqual(['10.5.0.2:8080', '10.5.0.3:8080'])
    const { body: members } = await call('listLoadBalancerRuleInstances', { id, lbvmips: 'true' })
    expect(members).toMatchObject({
      count: 2,
      lbrulevmidip: [
        { loadbalancerruleinstance: { id: first }, lbvmipaddresses: ['10.5.0.2'] },
        { loadbalancerruleinstance: { id: second }, lbvmipaddresses: ['10.5.0.3'] },
      ],
    })
    expect(await list(call, 'listLoadBalancerRules', 'loadbalancerrule', { virtualmachineid: second })).toMatchObject([
      { id, name: 'web', state: 'Active' },
    ])

    // Who stops takes no connections, and is back when it runs.
    await run(call, 'stopVirtualMachine', { id: first })
    await until('the stopped one is out', async () => (addresses()?.length === 1 ? true : undefined))
    expect(addresses()).toEqual(['10.5.0.3:8080'])
    await run(call, 'startVirtualMachine', { id: first })
    await until('the started one is back', async () => (addresses()?.length === 2 ? true : undefined))

    await run(call, 'removeFromLoadBalancerRule', { id, 'vmidipmap[0].vmid': first, 'vmidipmap[0].vmip': '10.5.0.2' })
    expect(addresses()).toEqual(['10.5.0.3:8080'])
    const { body: others } = await call('listLoadBalancerRuleInstances', { id, applied: 'false' })
    expect(others).toMatchObject({ count: 1, loadbalancerruleinstance: [{ id: first, name: 'one' }] })

    // A guest may be a member by a further address too, which then stays.
    const [nic] = await list(call, 'listNics', 'nic', { virtualmachineid: second })
    const further = await run(call, 'addIpToNic', { nicid: idOf(nic), ipaddress: '10.5.0.99' }, 'nicsecondaryip')
    const both = { id, 'vmidipmap[0].vmid': second, 'vmidipmap[0].vmip': '10.5.0.99' }
    await run(call, 'assignToLoadBalancerRule', both)
    expect(addresses()).toEqual(['10.5.0.3:8080', '10.5.0.99:8080'])
    expect((await call('listLoadBalancerRuleInstances', { id, lbvmips: 'true' })).body).toMatchObject({
      count: 1,
      lbrulevmidip: [{ lbvmipaddresses: ['10.5.0.3', '10.5.0.99'] }],
    })
    expect(await call('removeIpFromNic', { id: idOf(further) })).toMatchObject({
      status: 536,
      body: { errortext: expect.stringContaining(id) },
    })
    await run(call, 'removeFromLoadBalancerRule', both)
    expect(addresses()).toEqual(['10.5.0.3:8080'])
    await run(call, 'removeIpFromNic', { id: idOf(further) })

    const sticky = await run(
      call,
      'createLBStickinessPolicy',
      {
        ...{ lbruleid: id, name: 'keep', methodname: 'lbcookie' },
        ...{ 'param[0].name': 'cookie-name', 'param[0].value': 'SRV' },
        ...{ 'param[1].name': 'nocache', 'param[1].value': 'true' },
      },
      'stickinesspolicies',
    )
    const [policy] = sticky.stickinesspolicy as readonly { readonly id: string }[]
    expect(policy).toMatchObject({ methodname: 'LbCookie', params: { 'cookie-name': 'SRV', nocache: 'true' } })
    expect(rule(id)?.stickiness).toMatchObject({ method: 'LbCookie', cookieName: 'SRV', nocache: true, mode: 'insert' })
    await run(call, 'updateLBStickinessPolicy', { id: String(policy?.id), methodname: 'SourceBased' })
    expect(rule(id)?.stickiness).toEqual({ method: 'SourceBased', tableSize: 204_800, expireSeconds: 1800 })
    expect(await list(call, 'listLBStickinessPolicies', 'stickinesspolicies', { lbruleid: id })).toMatchObject([
      { lbruleid: id, name: 'web', stickinesspolicy: [{ id: policy?.id, methodname: 'SourceBased', params: {} }] },
    ])
    await run(call, 'deleteLBStickinessPolicy', { id: String(policy?.id) })
    expect(rule(id)?.stickiness).toBeUndefined()

    const check = await run(
      call,
      'createLBHealthCheckPolicy',
      { lbruleid: id, pingpath: '/up?deep=1', intervaltime: '7', httpcodes: '200,301' },
      'healthcheckpolicies',
    )
    const [health] = check.healthcheckpolicy as readonly { readonly id: string }[]
    expect(rule(id)?.check).toEqual({
      ...{ kind: 'http', path: '/up?deep=1', codes: '200,301', intervalSeconds: 7, timeoutSeconds: 5 },
      ...{ healthyThreshold: 2, unhealthyThreshold: 3 },
    })
    await run(call, 'updateLBHealthCheckPolicy', { id: String(health?.id), checktype: 'none' })
    expect(rule(id)?.check?.kind).toBe('none')
    await run(call, 'deleteLBHealthCheckPolicy', { id: String(health?.id) })
    expect(rule(id)?.check).toBeUndefined()

    const haproxy = 'network.loadbalancer.haproxy'
    const set = (name: string, value: string) => call('updateConfiguration', { name: `${haproxy}.${name}`, value })
    await set('stats.visibility', 'guest-network')
    const { body: secret } = await set('stats.auth', 'admin:s3cret')
    await set('idle.timeout', '60000')
    await until('the page is there', async () => (rule(id)?.timeouts?.server === 60_000 ? true : undefined))
    expect(spec()?.statistics).toEqual({
      ...{ address: '10.5.0.1', port: 8081, path: '/admin?stats', allow: ['10.5.0.0/24'] },
      ...{ user: 'admin', password: 's3cret' },
    })
    expect(rule(id)?.timeouts).toEqual({ client: 9000, server: 60_000 })
    expect(secret).toMatchObject({ configuration: { value: '' } })
    const kept = await db.selectFrom('configuration').selectAll().execute()
    expect(JSON.stringify([kept, await call('listConfigurations')])).not.toContain('s3cret')
    expect(await set('stats.auth', 'ad min:s3cret')).toMatchObject({
      status: 431,
      body: { errortext: expect.not.stringContaining('s3cret') },
    })

    // Without publicipid it takes an address of its own; UDP has a port beside TCP's.
    const dns = await run(
      call,
      'createLoadBalancerRule',
      { networkid, name: 'dns', algorithm: 'source', publicport: '53', privateport: '53', protocol: 'udp' },
      'loadbalancer',
    )
    expect(dns.publicipid).not.toBe(idOf(source))
    await until('the address is on the router', async () => rule(idOf(dns)))
    expect(rule(idOf(dns))).toMatchObject({ address: dns.publicip, protocol: 'udp', algorithm: 'source' })

    const port = { algorithm: 'leastconn', publicport: '443', privateport: '80', protocol: 'ssl' }
    const safe = await run(
      call,
      'createLoadBalancerRule',
      { publicipid: idOf(source), name: 'safe', ...port },
      'loadbalancer',
    )
    expect(rule(idOf(safe))).toBeUndefined()
    const upload = async (name: string, names: string) => {
      const { certificate, key } = await issue({ subject: `/CN=${name}`, names })
      const cert = await run(call, 'uploadSslCert', { name, certificate, privatekey: key }, 'sslcert')
      expect(JSON.stringify(cert)).not.toContain('PRIVATE')
      const sealed = await db.selectFrom('ssl_cert').select('private_key').where('id', '=', idOf(cert)).execute()
      expect(JSON.stringify(sealed)).not.toContain('PRIVATE')
      return { id: idOf(cert), key }
    }
    const [a, b, renewed] = [
      await upload('a', 'DNS:a.example'),
      await upload('b', 'DNS:b.example'),
      await upload('c', 'DNS:a.example'),
    ]
    const assign = (certid: string, more: Record<string, string> = {}) =>
      run(call, 'assignCertToLoadBalancer', { lbruleid: idOf(safe), certid, ...more })
    await assign(a.id)
    expect(rule(idOf(safe))?.certificates).toEqual([a.id])
    expect(spec()?.certificates).toEqual([{ id: a.id, chain: expect.stringContaining('CERTIFICATE'), key: a.key }])
    await assign(b.id, { additional: 'true' })
    expect(rule(idOf(safe))?.certificates).toEqual([a.id, b.id])
    await assign(renewed.id, { additional: 'true', forced: 'true' })
    expect(rule(idOf(safe))?.certificates).toEqual([renewed.id, b.id])
    await run(call, 'removeCertFromLoadBalancer', { lbruleid: idOf(safe), certid: b.id })
    expect(rule(idOf(safe))?.certificates).toEqual([renewed.id])
    expect(await call('deleteSslCert', { id: renewed.id })).toMatchObject({ status: 536 })
    expect(await call('deleteSslCert', { id: a.id })).toMatchObject({ status: 200 })

    // A guest that goes for good is no member any more, and no rule of its own is left behind.
    await run(call, 'destroyVirtualMachine', { id: second, expunge: 'true' })
    await until('the member is gone', async () => (addresses()?.length === 0 ? true : undefined))
    for (const ruleId of [id, idOf(dns), idOf(safe)]) await run(call, 'deleteLoadBalancerRule', { id: ruleId })
    expect(spec()).toBeUndefined()
    for (const table of [
      'firewall_rule',
      'load_balancer_rule',
      'ip_rule',
      'load_balancer_member',
      'load_balancer_cert',
    ] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    expect(simulator.offences()).toEqual([])
  })

  it('has addresses of its own on the tiers of a VPC', async () => {
    await using cloud = await startApiCloud(lab.cluster, lab.folder, AT_ONCE)
    const { call, simulator } = cloud
    const zone = await setUpZone(call, HOST)
    const [vpcOffering] = await list(call, 'listVPCOfferings', 'vpcoffering')
    const wanted = { zoneid: zone.zoneid, name: 'v1', cidr: '10.0.0.0/16', vpcofferingid: idOf(vpcOffering) }
    const vpcid = idOf(await run(call, 'createVPC', wanted, 'vpc'))
    const tier = async (name: string, gateway: string) =>
      idOf(
        await run(
          call,
          'createNetwork',
          { zoneid: zone.zoneid, vpcid, name, networkofferingid: zone.tier, gateway, netmask: '255.255.255.0' },
          'network',
        ),
      )
    const [web, app] = [await tier('web', '10.0.1.1'), await tier('app', '10.0.2.1')]
    const deploy = async (name: string, networkids: string) =>
      idOf(await run(call, 'deployVirtualMachine', { ...zone.guest, networkids, name }, 'virtualmachine'))
    await deploy('w1', web)
    const server = await deploy('a1', app)
    const [router] = await list(call, 'listRouters', 'router', { vpcid })
    const services = () => servicesOf(simulator.agent(String(router?.linklocalip)))
    const inner = await run(
      call,
      'createLoadBalancer',
      {
        ...{ name: 'inner', scheme: 'internal', algorithm: 'roundrobin', networkid: app, instanceport: '80' },
        ...{ sourceipaddressnetworkid: web, sourceport: '8080' },
      },
      'loadbalancer',
    )
    expect(inner).toMatchObject({
      sourceipaddress: '10.0.1.3',
      sourceipaddressnetworkid: web,
      networkid: app,
      loadbalancerrule: [{ sourceport: 8080, instanceport: 80, state: 'Active' }],
    })
    await run(call, 'assignToLoadBalancerRule', { id: idOf(inner), virtualmachineids: server })
    const { interfaces } = services().interfaces as { interfaces: { device: string; addresses: string[] }[] }
    const [inside] = interfaces.filter(({ addresses }) => addresses.includes('10.0.1.1/24'))
    const [other] = interfaces.filter(({ addresses }) => addresses.includes('10.0.2.1/24'))
    expect(inside?.addresses).toEqual(['10.0.1.1/24', '10.0.1.3/24'])
    expect(LoadBalancerSpec.parse(services().loadbalancer).rules).toMatchObject([
      { device: other?.device, address: '10.0.1.3', port: 8080, members: [{ address: '10.0.2.2', port: 80 }] },
    ])
    expect(await list(call, 'listLoadBalancers', 'loadbalancer', { sourceipaddress: '10.0.1.3' })).toMatchObject([
      { id: idOf(inner), loadbalancerinstance: [{ id: server, name: 'a1', ipaddress: '10.0.2.2' }] },
    ])
    expect(await list(call, 'listInternalLoadBalancerVMs', 'internalloadbalancervm')).toMatchObject([
      { id: router?.id },
    ])
    // Nobody else gets the address.
    const next = await run(
      call,
      'deployVirtualMachine',
      { ...zone.guest, networkids: web, name: 'w2' },
      'virtualmachine',
    )
    expect(next.ipaddress).toBe('10.0.1.4')

    const [outside] = await list(call, 'listPublicIpAddresses', 'publicipaddress')
    const rule = { name: 'out', algorithm: 'source', publicport: '80', privateport: '80' }
    const outer = await run(
      call,
      'createLoadBalancerRule',
      { ...rule, publicipid: idOf(outside), networkid: app },
      'loadbalancer',
    )
    expect(outer).toMatchObject({ networkid: app, state: 'Active' })
    await run(call, 'deleteLoadBalancer', { id: idOf(inner) })
    await run(call, 'deleteLoadBalancerRule', { id: idOf(outer) })
    expect(services().loadbalancer).toBeUndefined()
    expect(JSON.stringify(services().interfaces)).not.toContain('10.0.1.3')
    expect(simulator.offences()).toEqual([])
  })
})
