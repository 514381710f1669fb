import type { Answer } from '@sysvm/manager/cli/client'
import { expect, test } from 'vitest'
import { until } from '../../lab/index.ts'
import { type Cloud, createCloud, type Driver, idOf } from './index.ts'
import { fetchNeighbour } from './scripts.ts'

/** A network that spans hosts, on real machines of one driver. */
export const twoHostsSuite = (driver: Driver): void => {
  test(`one network across two hosts in ${driver} mode: guests on both reach each other by name`, async () => {
    await using cloud = await createCloud(`two-hosts-${driver}`, { driver, hosts: 2 })
    const network = idOf(await cloud.network('wide'))
    const first = await cloud.deploy('first', network)
    // The least loaded host comes first, so that four guests cannot all be beside the first one.
    let other = first
    for (const name of ['second', 'third', 'fourth']) {
      if (other.hostid === first.hostid) other = await cloud.deploy(name, network, fetchNeighbour('first'))
    }
    expect(other.hostid).not.toBe(first.hostid)
    expect(await cloud.fact(idOf(other), 'neighbour')).toBe('hello from first')
    for (const host of cloud.hosts) {
      const { stdout } = await host.connection.run(['ip', '-json', 'link', 'show', 'type', 'vxlan'])
      expect(JSON.parse(stdout)).toHaveLength(1)
    }
    // Emulated machines take minutes for it; what drivers have of their own in it is in the conformance suite.
    if (driver !== 'container') return
    await reachOverWire(cloud, network)
    await emptyFirstHost(cloud, network, first)
  })
}

/** A network of type L2 carries what its guests agree on among themselves, also between hosts. */
const reachOverWire = async (cloud: Cloud, networkid: string): Promise<void> => {
  const [offering] = await cloud.list('listNetworkOfferings', 'networkoffering', { guestiptype: 'L2' })
  const hosts = await cloud.list('listHosts', 'host', { type: 'Routing' })
  const wire = await cloud.run('createNetwork', {
    ...{ name: 'wire', zoneid: String(hosts[0]?.zoneid), networkofferingid: String(offering?.id) },
  })
  const networkids = `${networkid},${idOf(wire)}`
  const guests = [
    await cloud.deploy('left', networkids, pingOver('192.168.7.1', '192.168.7.2'), { hostid: String(hosts[0]?.id) }),
    await cloud.deploy('right', networkids, pingOver('192.168.7.2', '192.168.7.1'), { hostid: String(hosts[1]?.id) }),
  ]
  for (const guest of guests) expect(await cloud.fact(idOf(guest), 'wire')).toBe('reached')
  expect(await cloud.list('listRouters', 'router', { networkid: idOf(wire) })).toEqual([])
  for (const guest of guests) await cloud.run('destroyVirtualMachine', { id: idOf(guest), expunge: true })
  await cloud.run('deleteNetwork', { id: idOf(wire) })
}

/** Takes an address of its own choice on its second nic, and asks another guest there. */
const pingOver = (own: string, other: string): string => `#!/bin/sh
until busybox ping -c 1 -W 1 ${other} >/dev/null 2>&1; do
  ip addr add ${own}/24 dev eth1 2>/dev/null
  sleep 1
done
echo "sysvm-guest: wire=reached"
`

/** The host of the network's router and first guest goes into maintenance: both serve from the other one. */
const emptyFirstHost = async (cloud: Cloud, networkid: string, guest: Answer): Promise<void> => {
  const { hostid } = await cloud.router(networkid)
  const [host] = await cloud.list('listHosts', 'host', { id: String(hostid) })
  const connection = cloud.hosts.find(({ address }) => address === host?.ipaddress)?.connection
  const machines = async () => (await connection?.run(['ls', '/var/lib/sysvm/host/machines']))?.stdout.trim()
  const mine = await cloud.deploy('kept', networkid, KEEP, { hostid: String(hostid) })
  expect(await cloud.fact(idOf(mine), 'boots')).toBe('1')
  expect(await machines()).toContain('r-')

  const emptied = await cloud.run('prepareHostForMaintenance', { id: String(hostid) })
  expect(emptied).toMatchObject({ resourcestate: 'Maintenance' })
  expect(await machines()).toBe('')
  await until(
    'all run on the other host',
    async () => {
      const all = await cloud.list('listVirtualMachines', 'virtualmachine')
      return all.every(({ state, hostid: at }) => state === 'Running' && at !== hostid)
    },
    { timeoutMs: cloud.patienceMs },
  )
  const router = await cloud.router(networkid)
  expect(router.hostid).not.toBe(hostid)
  // Its disk came with it: the file that its first boot wrote is there.
  await bootedSoOften(cloud, mine, '2')
  const late = await cloud.deploy('late', networkid, fetchNeighbour('first'))
  expect(late.hostid).toBe(router.hostid)
  expect(await cloud.fact(idOf(late), 'neighbour')).toBe('hello from first')
  expect(guest.id).toEqual(expect.any(String))
  expect(await cloud.run('cancelHostMaintenance', { id: String(hostid) })).toMatchObject({ resourcestate: 'Enabled' })
  const back = await cloud.run('migrateVirtualMachine', { virtualmachineid: idOf(mine), hostid: String(hostid) })
  expect(back).toMatchObject({ hostid, state: 'Running' })
  await bootedSoOften(cloud, mine, '3')
}

const bootedSoOften = (cloud: Cloud, guest: Answer, boots: string) =>
  until(
    `it has booted ${boots} times`,
    async () => ((await cloud.fact(idOf(guest), 'boots')) === boots ? true : undefined),
    { timeoutMs: cloud.patienceMs },
  )

/** Counts its boots on its disk. */
const KEEP = `#!/bin/sh
echo x >>/boots
echo "sysvm-guest: boots=$(wc -l </boots | tr -d ' ')"
`
