import type { Answer } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LabHttpServer, type Namespace, serveHttp, until } from '../../lab/index.ts'
import { heldBy } from './held.ts'
import { type Cloud, createCloud, type Driver, idOf, one } from './index.ts'
import { moreLoops, watchGaps } from './loops.ts'
import { testsOfManager } from './manager-tests.ts'
import { fetchForever, script, watchPage } from './scripts.ts'

/** A network of the site that only the VPC's private gateway leads to. */
const site = { bridge: 'cloudbr-private', near: '172.16.0.1', router: '172.16.0.2', far: '192.168.77.7' } as const

/** What tiers of a VPC may rely on, on real machines of one driver. */
export const vpcSuite = (driver: Driver): void => {
  describe(`a VPC in ${driver} mode`, () => {
    const testOfManager = testsOfManager(driver)
    let cloud: Cloud
    let office: Namespace
    let far: LabHttpServer
    let vpcid: string
    let noGap: () => Promise<void>
    const ids: Record<string, string> = {}

    const list: Cloud['list'] = (...call) => cloud.list(...call)
    const run: Cloud['run'] = (...call) => cloud.run(...call)
    const aclNamed = async (name: string): Promise<string> =>
      idOf(one(await cloud.client.call('listNetworkACLLists', { name }), 'networkacllist'))
    const tier = async (name: string, gateway: string, aclid: string): Promise<string> => {
      const offering = one(
        await cloud.client.call('listNetworkOfferings', { name: 'DefaultIsolatedNetworkOfferingForVpcNetworks' }),
        'networkoffering',
      )
      const at = { zoneid: cloud.zone, vpcid, gateway, netmask: '255.255.255.0' }
      return idOf(await run('createNetwork', { name, networkofferingid: idOf(offering), aclid, ...at }))
    }
    /** Waits until a guest's watch says so. */
    const says = (guest: string, key: string, value: string): Promise<unknown> =>
      until(`${guest} says ${key}=${value}`, async () => (await cloud.facts(ids[guest] ?? ''))[key] === value, {
        timeoutMs: cloud.patienceMs,
      })
    const expunge = (guest: string) => run('destroyVirtualMachine', { id: ids[guest], expunge: true })
    const fetchOutside = async (url: string): Promise<string> => {
      const { stdout } = await cloud.outside.exec(['wget', '-q', '-T', '20', '-t', '1', '-O', '-', url])
      return stdout.trim()
    }

    beforeAll(async () => {
      cloud = await createCloud(`vpc-${driver}`, { driver })
      office = await cloud.lab.namespace('office')
      await cloud.hosts[0]?.namespace.bridge(site.bridge)
      await cloud.lab.link(
        { at: office, device: 'site0', address: `${site.near}/24` },
        { at: cloud.hosts[0]?.namespace as Namespace, device: 'office', bridge: site.bridge },
      )
      await office.address('lo', `${site.far}/32`)
      await office.route('10.0.0.0/16', site.router)
      far = await serveHttp(office, { address: site.far })
      const offering = one(await cloud.client.call('listVPCOfferings', { name: 'Default VPC offering' }), 'vpcoffering')
      const at = { zoneid: cloud.zone, vpcofferingid: idOf(offering) }
      vpcid = idOf(await run('createVPC', { name: 'v1', cidr: '10.0.0.0/16', ...at }))
      ids.web = await tier('web', '10.0.1.1', await aclNamed('default_allow'))
      const webScript = script(
        fetchForever(driver).replace('#!/bin/sh\n', ''),
        watchPage(driver, 'app', 'http://10.0.2.20/'),
        watchPage(driver, 'site', `http://${site.far}/`),
      )
      ids.w1 = idOf(await cloud.deploy('w1', ids.web, webScript, { ipaddress: '10.0.1.10' }))
      await moreLoops(cloud)
      noGap = watchGaps(cloud)
    })
    afterAll(async () => {
      await far?.close()
      await cloud?.[Symbol.asyncDispose]()
    })

    test('takes a tier and gives it up while another one carries traffic', async () => {
      const before = one(await cloud.client.call('listRouters', { vpcid }), 'router')
      ids.list = idOf(await run('createNetworkACLList', { vpcid, name: 'app' }))
      await run('createNetworkACL', {
        aclid: ids.list,
        number: 10,
        action: 'allow',
        traffictype: 'egress',
        protocol: 'all',
      })
      ids.app = await tier('app', '10.0.2.1', ids.list)
      ids.a1 = idOf(
        await cloud.deploy('a1', ids.app, script(watchPage(driver, 'web', 'http://10.0.1.10/')), {
          ipaddress: '10.0.2.20',
        }),
      )
      ids.db = await tier('db', '10.0.3.1', await aclNamed('default_deny'))
      ids.d1 = idOf(await cloud.deploy('d1', ids.db))
      await moreLoops(cloud)
      await expunge('d1')
      await run('deleteNetwork', { id: ids.db })
      await noGap()
      const after = one(await cloud.client.call('listRouters', { vpcid }), 'router')
      expect(after.id).toBe(before.id)
      expect((after.nic as readonly Answer[]).map(({ traffictype }) => traffictype).sort()).toEqual([
        'Control',
        'Guest',
        'Guest',
        'Public',
      ])
      expect(await cloud.fact(ids.w1 ?? '', 'looping')).toBe('yes')
    })

    test('routes between tiers as their ACLs say', async () => {
      await says('a1', 'web', 'ok')
      await says('w1', 'app', 'no')
      const item = await run('createNetworkACL', {
        aclid: ids.list,
        number: 20,
        action: 'allow',
        traffictype: 'ingress',
        protocol: 'tcp',
        startport: 80,
        endport: 80,
        cidrlist: '10.0.1.0/24',
      })
      await says('w1', 'app', 'ok')
      await run('deleteNetworkACL', { id: idOf(item) })
      await says('w1', 'app', 'no')
      await run('replaceNetworkACLList', { networkid: ids.app, aclid: await aclNamed('default_allow') })
      await says('w1', 'app', 'ok')
    })

    test('reaches a network of the site by a private gateway and a static route', async () => {
      const at = { vpcid, ipaddress: site.router, gateway: site.near, netmask: '255.255.255.0', vlan: 'untagged' }
      /** The guest is seen there as this, by a gateway that translates or not. */
      const isSeenAs = async (client: string, sourcenatsupported: boolean): Promise<void> => {
        await says('w1', 'site', 'no')
        const gateway = await run('createPrivateGateway', { ...at, sourcenatsupported })
        expect(gateway.state).toBe('Ready')
        const route = await run('createStaticRoute', { gatewayid: idOf(gateway), cidr: '192.168.77.0/24' })
        expect(route.state).toBe('Active')
        await says('w1', 'site', 'ok')
        // A request that was under way when the last gateway went arrives by this one as it began.
        await until(`the site sees ${client}`, () => far.requests.at(-1)?.client === client)
        await run('deleteStaticRoute', { id: idOf(route) })
        await says('w1', 'site', 'no')
        await run('deletePrivateGateway', { id: idOf(gateway) })
      }
      // Each takes an emulated router minutes; the one that translates does as the other one, and more.
      if (driver === 'container') await isSeenAs('10.0.1.10', false)
      await isSeenAs(site.router, true)
      expect(await list('listPrivateGateways', 'privategateway', { vpcid })).toEqual([])
    })

    test('serves two tiers by one public address', async () => {
      const ip = await run('associateIpAddress', { vpcid })
      const forward = (publicport: number, networkid: string | undefined, virtualmachineid: string | undefined) =>
        run('createPortForwardingRule', {
          ipaddressid: idOf(ip),
          protocol: 'tcp',
          publicport,
          privateport: 80,
          networkid,
          virtualmachineid,
        })
      await forward(8001, ids.web, ids.w1)
      await forward(8002, ids.app, ids.a1)
      expect(await fetchOutside(`http://${ip.ipaddress}:8001/`)).toBe('hello from w1')
      expect(await fetchOutside(`http://${ip.ipaddress}:8002/`)).toBe('hello from a1')
      // It goes out by that one from now on; what came before it is known by the first one.
      const before = cloud.web.requests.at(-1)?.client
      await run('updateVPC', { id: vpcid, sourcenatipaddress: String(ip.ipaddress) })
      await until('the outside sees the new address', () => cloud.web.requests.at(-1)?.client === ip.ipaddress, {
        timeoutMs: cloud.patienceMs,
      })
      expect(before).not.toBe(ip.ipaddress)
      expect(await fetchOutside(`http://${ip.ipaddress}:8001/`)).toBe('hello from w1')
      // Through all of it the looping guest lost nothing.
      await noGap()
    })

    // Routers of VMs boot again, and are made anew, in the suite of the isolated network.
    testOfManager('serves again after its router reboots, and after it is made anew', async () => {
      const before = one(await cloud.client.call('listRouters', { vpcid }), 'router')
      await run('rebootRouter', { id: idOf(before) })
      await moreLoops(cloud)
      await run('restartVPC', { id: vpcid, cleanup: true })
      const after = one(await cloud.client.call('listRouters', { vpcid }), 'router')
      expect(after.id).not.toBe(before.id)
      expect(after.publicip).toBe(before.publicip)
      expect(cloud.web.requests.at(-1)?.client).toBe(after.publicip)
      await moreLoops(cloud)
    })

    test('leaves nothing behind', async () => {
      expect(await cloud.client.call('deleteVPC', { id: vpcid }).catch(String)).toMatch('still has the tiers')
      await expunge('w1')
      await expunge('a1')
      for (const id of [ids.web, ids.app]) await run('deleteNetwork', { id })
      await run('deleteVPC', { id: vpcid })
      const [host] = cloud.hosts
      if (host === undefined) throw new Error('there is no host')
      expect(await heldBy(cloud, host)).toEqual({
        machines: [],
        folders: [],
        namespaces: [],
        bridges: [],
        ports: 0,
        processes: 0,
      })
      expect(await list('listPublicIpAddresses', 'publicipaddress')).toEqual([])
      expect(await list('listNetworks', 'network')).toEqual([])
    })
  })
}
