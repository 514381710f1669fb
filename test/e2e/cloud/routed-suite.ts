import type { Answer } from '@sysvm/manager/cli/client'
import type { AccountingState } from '@sysvm/router/accounting/state'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../lab/index.ts'
import { type Bird, startBird } from '../../lab/servers/bird.ts'
import { type Cloud, createCloud, type Driver, idOf, plan } from './index.ts'
import { routerControl } from './router-control.ts'

const password = 'between-us_2!'
const subnets = '198.18.0.0/22'
const asn = 4_200_000_010

/** The site's router: it speaks with every address of the public range. */
const site = `
protocol static told { ipv4; route 0.0.0.0/0 unreachable; route 192.0.2.0/24 unreachable; }
protocol bgp routers {
  local ${plan.public.gateway} as 65000;
  neighbor range 203.0.113.0/24 external;
  dynamic name "router";
  password "${password}";
  hold time 9; connect delay time 1;
  ipv4 { import all; export all; };
}`

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

    beforeAll(async () => {
      cloud = await createCloud('routed', { driver })
      bird = await startBird(cloud.lab, cloud.outside, plan.public.gateway, site)
      const { zone: zoneid } = cloud
      await run('updateConfiguration', { name: 'router.stats.interval', value: 1 })
      await run('createIpv4SubnetForZone', { zoneid, subnet: subnets })
      await run('createASNRange', { zoneid, startasn: asn, endasn: asn + 9 })
      const ours = { zoneid, asnumber: 65_000, ipaddress: plan.public.gateway, password, 'details[0].HoldTime': 9 }
      peer = idOf(await run('createBgpPeer', ours))
      const offering = await run('createNetworkOffering', {
        name: 'routed',
        guestiptype: 'Isolated',
        traffictype: 'Guest',
        supportedservices: 'Dhcp,Dns,UserData,Firewall',
        networkmode: 'ROUTED',
        routingmode: 'Dynamic',
        networkrate: 50,
        enable: true,
      })
      const made = { zoneid, name: 'routed', networkofferingid: idOf(offering), cidrsize: 26 }
      network = idOf(await run('createNetwork', made))
      const script = [
        '#!/bin/sh',
        watch('out', `http://${plan.site.address}/`),
        watch('boot', 'http://198.18.0.1:8069/boot.ipxe'),
      ]
      guest = idOf(await cloud.deploy('g1', network, script.join('\n'), { ipaddress: '198.18.0.10' }))
    })
    afterAll(() => cloud?.[Symbol.asyncDispose]())

    test('is told to the site by BGP, and its guests go out under their own addresses', async () => {
      await until('the site has learnt it', () => learnt('198.18.0.0/26'), { timeoutMs: cloud.patienceMs })
      await says('out', 'you are 198.18.0.10')
      expect(await list('listASNumbers', 'asnumber', { networkid: network })).toMatchObject([
        { asnumber: asn, allocationstate: 'Allocated', associatednetworkid: network },
      ])
      expect(
        await list('listIpv4SubnetsForGuestNetwork', 'ipv4subnetsforguestnetwork', { networkid: network }),
      ).toMatchObject([{ subnet: '198.18.0.0/26', parentsubnet: subnets, state: 'Allocated' }])
      const [shown] = await list('listBgpPeers', 'bgppeer', { id: peer })
      expect(shown).toMatchObject({ ipaddress: plan.public.gateway, asnumber: 65_000, details: { HoldTime: '9' } })
      expect(JSON.stringify(shown)).not.toContain(password)
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

    test('leaves nothing behind', async () => {
      await run('destroyVirtualMachine', { id: guest, expunge: true })
      await until('the guest is gone', async () => (await list('listVirtualMachines', 'virtualmachine')).length === 0)
      await run('deleteNetwork', { id: network })
      await until('the site forgets it', async () => !(await learnt('198.18.0.0/26')), { timeoutMs: cloud.patienceMs })
      expect(await list('listASNumbers', 'asnumber', { zoneid: cloud.zone, isallocated: true })).toEqual([])
      const [free] = await list('listIpv4SubnetsForGuestNetwork', 'ipv4subnetsforguestnetwork')
      expect(free).toMatchObject({ state: 'Free' })
      await run('deleteIpv4SubnetForGuestNetwork', { id: String(free?.id) })
      const [parent] = await list('listIpv4SubnetsForZone', 'zoneipv4subnet')
      await run('deleteIpv4SubnetForZone', { id: String(parent?.id) })
      // What was used stays known.
      expect(await list('listNetworkTraffic', 'networktraffic')).not.toEqual([])
    })
  })
}
