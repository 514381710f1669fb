import type { Answer } from '@sysvm/manager/cli/client'
import type { AccountingState } from '@sysvm/router/accounting/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../lab/index.ts'
import type { Bird } from '../../lab/servers/bird.ts'
import { type Cloud, createCloud, type Driver, idOf, one, plan } from './index.ts'
import { routerControl } from './router-control.ts'
import { addBgp, addIpv6, bgp, six } from './site.ts'

const asn = bgp.routers

/** Says what a page says, whenever that changes. */
const watch = (key: string, url: string): string => `
(while :; do
  now=$(timeout 2 wget -q -O - "${url}" | tail -n 1 || true)
  [ "$now" = "$last" ] || echo "sysvm-guest: ${key}=$now"
  last=$now
  sleep 0.3
done) &
`

/** A routed network from the API to a BGP peer, with machines of this driver. */
export const routedSuite = (driver: Driver): void => {
  describe(`a routed network (${driver})`, () => {
    let cloud: Cloud
    let bird: Bird
    let network: string
    let guest: string
    let peer: string

    const list: Cloud['list'] = (...call) => cloud.list(...call)
    const run: Cloud['run'] = (...call) => cloud.run(...call)
    const refusal = (command: string, params = {}): Promise<string> =>
      cloud.client.call(command, params).then(
        () => 'done',
        (error) => String(error),
      )
    const says = (key: string, value: string): Promise<unknown> =>
      until(`the guest says ${key}=${value}`, async () => (await cloud.facts(guest))[key] === value, {
        timeoutMs: cloud.patienceMs,
      })
    const learnt = async (cidr: string): Promise<boolean> => (await bird.ask('show', 'route')).includes(cidr)
    const fetchOutside = (url: string): Promise<string> =>
      cloud.outside.exec(['wget', '-q', '-T', '2', '-t', '1', '-O', '-', url]).then(
        ({ stdout }) => stdout.trim(),
        () => 'none',
      )

    /** Bytes that the guest got, as its router counts them. */
    const ownCount = async (): Promise<number> => {
      await using control = await routerControl(cloud, network)
      await using client = await control.open()
      const { guests } = await client.request<AccountingState>('GET', '/v1/state/accounting')
      return guests[0]?.receivedBytes ?? 0
    }

    const offered = async (command: string, name: string, more: Record<string, string | number>): Promise<string> =>
      idOf(await run(command, { name, networkmode: 'ROUTED', enable: true, ...more }))
    const isolated = { guestiptype: 'Isolated', traffictype: 'Guest' }
    /** A network of an offering of its own. */
    const routedNetwork = async (name: string, more: Record<string, string | number>): Promise<string> => {
      const networkofferingid = await offered('createNetworkOffering', name, { ...isolated, ...more })
      return idOf(await run('createNetwork', { zoneid: cloud.zone, name, networkofferingid, cidrsize: 26 }))
    }

    beforeAll(async () => {
      cloud = await createCloud('routed', { driver })
      await addIpv6(cloud)
      await run('updateConfiguration', { name: 'router.stats.interval', value: 1 })
      ;({ bird, peer } = await addBgp(cloud))
      const dynamic = { routingmode: 'Dynamic', internetprotocol: 'DualStack', networkrate: 50 }
      network = await routedNetwork('routed', { supportedservices: 'Dhcp,Dns,UserData,Firewall', ...dynamic })
      const script = [
        '#!/bin/sh',
        watch('out', `http://${plan.site.address}/`),
        watch('six', `http://[${six.outside}]/`),
        watch('boot', 'http://198.18.0.1:8069/boot.ipxe'),
      ]
      guest = idOf(await cloud.deploy('g1', network, script.join('\n'), { ipaddress: '198.18.0.10' }))
    })
    afterAll(() => cloud?.[Symbol.asyncDispose]())

    test('is told to the site by BGP, and its guests go out under their own addresses', async () => {
      await until('the site has learnt it', () => learnt('198.18.0.0/26'), { timeoutMs: cloud.patienceMs })
      await says('out', 'you are 198.18.0.10')
      await until('the site has learnt its IPv6', () => learnt(six.first), { timeoutMs: cloud.patienceMs })
      const address6 = String((await list('listNics', 'nic', { virtualmachineid: guest }))[0]?.ip6address)
      await says('six', `you are ${address6}`)
      expect(await list('listASNumbers', 'asnumber', { networkid: network })).toMatchObject([
        { asnumber: asn, allocationstate: 'Allocated', associatednetworkid: network },
      ])
      expect(
        await list('listIpv4SubnetsForGuestNetwork', 'ipv4subnetsforguestnetwork', { networkid: network }),
      ).toMatchObject([{ subnet: '198.18.0.0/26', parentsubnet: bgp.subnets, state: 'Allocated' }])
      const [shown] = await list('listBgpPeers', 'bgppeer', { id: peer })
      expect(shown).toMatchObject({
        ipaddress: plan.public.gateway,
        ip6address: six.outside,
        asnumber: bgp.asn,
        details: { HoldTime: '9' },
      })
      expect(JSON.stringify(shown)).not.toContain(bgp.password)
      const router = idOf(await cloud.router(network))
      const drift = await cloud.client.call('getRouterDrift', { id: router })
      expect(JSON.stringify(drift)).not.toMatch(/needs|limited|missing/)
    })

    test('nobody comes in until a rule says so', async () => {
      expect(await fetchOutside('http://198.18.0.10/')).toBe('none')
      const rule = await run('createRoutingFirewallRule', {
        networkid: network,
        protocol: 'tcp',
        startport: 80,
        endport: 80,
        traffictype: 'Ingress',
        cidrlist: '0.0.0.0/0',
      })
      expect(await fetchOutside('http://198.18.0.10/')).toBe('hello from g1')
      await run('deleteRoutingFirewallRule', { id: idOf(rule) })
      expect(await fetchOutside('http://198.18.0.10/')).toBe('none')
      const page6 = `http://[${(await list('listNics', 'nic', { virtualmachineid: guest }))[0]?.ip6address}]/`
      expect(await fetchOutside(page6)).toBe('none')
      const only = { networkid: network, protocol: 'tcp', startport: 80, cidrlist: `${six.outside}/128` }
      const rule6 = await run('createIpv6FirewallRule', only)
      expect(await fetchOutside(page6)).toBe('hello from g1')
      await run('deleteIpv6FirewallRule', { id: idOf(rule6) })
      expect(await fetchOutside(page6)).toBe('none')
    })

    test('what a guest boots is rendered for it by its router', async () => {
      const kernel = 'http://198.51.100.10/vmlinuz'
      await run('setVirtualMachineNetboot', { id: guest, kernel, arguments: 'console=ttyS0' })
      await says('boot', 'boot')
      const netboots = await list('listVirtualMachineNetboots', 'virtualmachinenetboot', { virtualmachineid: guest })
      expect(netboots).toMatchObject([{ virtualmachineid: guest, kernel, arguments: 'console=ttyS0' }])
      const script = Buffer.from('#!ipxe\nsanboot http://198.51.100.10/disk\n').toString('base64')
      await run('setVirtualMachineNetboot', { id: guest, script })
      await says('boot', 'sanboot http://198.51.100.10/disk')
      await run('setVirtualMachineNetboot', { id: guest })
      expect(await list('listVirtualMachineNetboots', 'virtualmachinenetboot')).toEqual([])
    })

    test('traffic is counted, and goes on being counted by another router', async () => {
      const counted = async (): Promise<Answer> => {
        const [row] = await list('listNetworkTraffic', 'networktraffic', { virtualmachineid: guest })
        if (row === undefined || Number(row.receivedbytes) === 0) throw new Error('nothing is counted yet')
        return row
      }
      const before = await until('traffic is counted', counted, { timeoutMs: cloud.patienceMs })
      expect(before).toMatchObject({ type: 'Guest', ipaddress: '198.18.0.10', networkid: network })
      // A reboot takes nothing from what the router itself knows.
      const known = await ownCount()
      await run('rebootRouter', { id: idOf(await cloud.router(network)) })
      expect(await ownCount()).toBeGreaterThanOrEqual(known)
      await run('restartNetwork', { id: network, cleanup: true })
      const after = await until(
        'more is counted',
        async () => {
          const row = await counted()
          expect(Number(row.receivedbytes)).toBeGreaterThanOrEqual(Number(before.receivedbytes))
          return Number(row.receivedbytes) > Number(before.receivedbytes) + 1000 ? row : undefined
        },
        { timeoutMs: cloud.patienceMs },
      )
      expect(Number(after?.sentpackets)).toBeGreaterThan(Number(before.sentpackets))
      const [vm] = await list('listVirtualMachines', 'virtualmachine', { id: guest })
      expect(Number(vm?.networkkbsread)).toBeGreaterThan(0)
      await until('the site has learnt it again', () => learnt('198.18.0.0/26'), { timeoutMs: cloud.patienceMs })
      await until('its IPv6 too', () => learnt(six.first), { timeoutMs: cloud.patienceMs })
    })

    test('peers are changed for one network, and what is in use is kept', async () => {
      expect(await refusal('releaseASNumber', { zoneid: cloud.zone, asnumber: asn })).toContain('(536)')
      const [range] = await list('listASNRanges', 'asnumberrange', { zoneid: cloud.zone })
      expect(await refusal('deleteASNRange', { id: String(range?.id) })).toContain('(536)')
      const other = idOf(
        await run('createBgpPeer', {
          zoneid: cloud.zone,
          asnumber: 65_001,
          ipaddress: '203.0.113.77',
          account: 'admin',
        }),
      )
      await run('changeBgpPeersForNetwork', { networkid: network, bgppeerids: other })
      await until('the site forgets it', async () => !(await learnt('198.18.0.0/26')), { timeoutMs: cloud.patienceMs })
      await run('changeBgpPeersForNetwork', { networkid: network })
      await until('the site learns it again', () => learnt('198.18.0.0/26'), { timeoutMs: cloud.patienceMs })
      await run('deleteBgpPeer', { id: other })
    })

    test('a network that is routed statically is reached where the site says so', async () => {
      const quiet = await routedNetwork('static', { supportedservices: 'Dhcp,Dns,UserData,Firewall' })
      const address = '198.18.0.74'
      const machine = idOf(await cloud.deploy('s1', quiet, '', { ipaddress: address }))
      await run('createRoutingFirewallRule', { networkid: quiet, protocol: 'tcp', startport: 80 })
      expect(await list('listASNumbers', 'asnumber', { networkid: quiet })).toEqual([])
      expect(await fetchOutside(`http://${address}/`)).toBe('none')
      expect(await learnt('198.18.0.64/26')).toBe(false)
      const { publicip } = await cloud.router(quiet)
      await cloud.outside.route('198.18.0.64/26', String(publicip))
      await until('the guest answers', async () => (await fetchOutside(`http://${address}/`)) === 'hello from s1')
      await run('destroyVirtualMachine', { id: machine, expunge: true })
      await run('deleteNetwork', { id: quiet })
    })

    test('a VPC tells of its tiers by the one router, and their ACLs say who comes in', async () => {
      const { zone: zoneid } = cloud
      const told = (...cidrs: readonly string[]): Promise<unknown> =>
        until(
          `the site knows ${cidrs.join(' and ') || 'none'} of the VPC`,
          async () => {
            const known = await Promise.all(tiers.map(learnt))
            return tiers.every((cidr, index) => known[index] === cidrs.includes(cidr))
          },
          { timeoutMs: cloud.patienceMs },
        )
      const tiers = ['10.20.1.0/24', '10.20.2.0/24'] as const
      const services = { supportedservices: 'Dhcp,Dns,UserData,NetworkACL', routingmode: 'Dynamic' }
      const vpcofferingid = await offered('createVPCOffering', 'routed', services)
      const tierOffering = await offered('createNetworkOffering', 'tier', { ...isolated, ...services, forvpc: 'true' })
      const aclNamed = async (name: string): Promise<string> =>
        idOf(one(await cloud.client.call('listNetworkACLLists', { name }), 'networkacllist'))
      const aclid = await aclNamed('default_allow')
      const vpcid = idOf(await run('createVPC', { zoneid, name: 'v', vpcofferingid, cidr: '10.20.0.0/16' }))
      const tier = async (name: string, gateway: string): Promise<string> => {
        const at = { zoneid, vpcid, gateway, netmask: '255.255.255.0', aclid }
        return idOf(await run('createNetwork', { name, networkofferingid: tierOffering, ...at }))
      }
      const [web, app] = [await tier('web', '10.20.1.1'), await tier('app', '10.20.2.1')]
      const script = `#!/bin/sh\n${watch('out', `http://${plan.site.address}/`)}`
      const machines = [
        idOf(await cloud.deploy('w1', web, script, { ipaddress: '10.20.1.10' })),
        idOf(await cloud.deploy('a1', app, '', { ipaddress: '10.20.2.10' })),
      ]
      await told(...tiers)
      expect(await list('listASNumbers', 'asnumber', { vpcid })).toHaveLength(1)
      expect(await list('listRouters', 'router', { vpcid })).toHaveLength(1)
      await until('the guest goes out as itself', async () => {
        return (await cloud.facts(machines[0] ?? '')).out === 'you are 10.20.1.10'
      })
      const page = 'http://10.20.1.10/'
      await until('the outside comes in', async () => (await fetchOutside(page)) === 'hello from w1')
      await run('replaceNetworkACLList', { networkid: web, aclid: await aclNamed('default_deny') })
      expect(await fetchOutside(page)).toBe('none')
      expect(await fetchOutside('http://10.20.2.10/')).toBe('hello from a1')
      const stranger = { zoneid, asnumber: 65_001, ipaddress: '203.0.113.77', account: 'admin' }
      const bgppeerids = idOf(await run('createBgpPeer', stranger))
      await run('changeBgpPeersForVpc', { vpcid, bgppeerids })
      await told()
      await run('changeBgpPeersForVpc', { vpcid })
      await told(...tiers)
      await run('deleteBgpPeer', { id: bgppeerids })
      for (const id of machines) await run('destroyVirtualMachine', { id, expunge: true })
      await run('deleteNetwork', { id: app })
      await told(tiers[0])
      await run('deleteNetwork', { id: web })
      await run('deleteVPC', { id: vpcid })
      await told()
      expect(await list('listASNumbers', 'asnumber', { zoneid, isallocated: true })).toHaveLength(1)
    })

    test('leaves nothing behind', async () => {
      await run('destroyVirtualMachine', { id: guest, expunge: true })
      await until('the guest is gone', async () => (await list('listVirtualMachines', 'virtualmachine')).length === 0)
      await run('deleteNetwork', { id: network })
      await until('the site forgets it', async () => !(await learnt('198.18.0.0/26')), { timeoutMs: cloud.patienceMs })
      expect(await list('listASNumbers', 'asnumber', { zoneid: cloud.zone, isallocated: true })).toEqual([])
      const free = await list('listIpv4SubnetsForGuestNetwork', 'ipv4subnetsforguestnetwork')
      expect(free.map(({ state }) => state)).toEqual(['Free', 'Free'])
      for (const subnet of free) await run('deleteIpv4SubnetForGuestNetwork', { id: idOf(subnet) })
      const [parent] = await list('listIpv4SubnetsForZone', 'zoneipv4subnet')
      await run('deleteIpv4SubnetForZone', { id: String(parent?.id) })
      // What was used stays known.
      expect(await list('listNetworkTraffic', 'networktraffic')).not.toEqual([])
    })
  })
}
