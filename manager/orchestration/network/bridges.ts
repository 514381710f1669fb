import { SysvmError } from '@sysvm/errors'
import { sql } from 'kysely'
import type { NetworkSpec } from '../../hosts/driver.ts'
import { driverOf } from '../hosts.ts'
import { guestBridge, type World } from '../world.ts'

interface Site {
  readonly host: string
  readonly name: string
  readonly underlay: string | null
}

/** Whether the host has the network's bridge, so that machines can be put on it. */
export const hasBridge = async (world: World, network: string, host: string): Promise<boolean> => {
  const row = await world.db
    .selectFrom('network_host')
    .select('host')
    .where('network', '=', network)
    .where('host', '=', host)
    .executeTakeFirst()
  return row !== undefined
}

/** Networks whose bridges the host has. */
export const bridgedNetworks = async (world: World, host: string): Promise<ReadonlySet<string>> => {
  const rows = await world.db.selectFrom('network_host').select('network').where('host', '=', host).execute()
  return new Set(rows.map(({ network }) => network))
}

/** Hosts on which something is placed, or comes to, that has a nic in the network. */
const sitesOf = async (world: World, network: string): Promise<Site[]> => {
  const { rows } = await sql<Site>`
    select distinct host.id as host, host.name, host(host.underlay) as underlay
    from nic
    left join guest on guest.id = nic.guest
    left join router on router.id = nic.router
    join host on host.id in (guest.host, guest.target_host, router.host, router.target_host)
    where nic.network = ${network} and host.state <> 'Down'
    order by host.id`.execute(world.db)
  return rows
}

/** A plain bridge on one host; among several, VXLAN from each one's underlay address to all others'. Pure. */
export const bridgeOf = (
  network: string,
  vni: number,
  mtu: number,
  site: Site,
  sites: readonly Site[],
): NetworkSpec => {
  const base = { id: network, bridge: guestBridge(vni), mtu }
  if (sites.length === 1) return { ...base, isolation: { kind: 'bridge' } }
  const address = ({ name, host, underlay }: Site): string => {
    if (underlay !== null) return underlay
    throw new SysvmError(
      'SYSVM_RESOURCE_STATE',
      `The host ${name} has no underlay address, so no network can span it and another: give it an address in its pod's subnet, or add it by its address.`,
      { details: { host } },
    )
  }
  const remotes = sites.filter((other) => other.host !== site.host).map(address)
  return { ...base, isolation: { kind: 'vxlan', vni, local: address(site), remotes } }
}

/**
 * Makes the network's bridge where it is needed, takes it away where it no longer is, and says so in `network_host`.
 * Nothing is asked of the hosts when that says so already: a host that came back has its rows removed.
 */
export const spreadNetwork = async (world: World, network: string, vni: number): Promise<void> => {
  const sites = await sitesOf(world, network)
  const before = await bridgedHosts(world, network)
  const same = before.length === sites.length && sites.every(({ host }) => before.some((row) => row.host === host))
  if (same) return
  for (const site of sites)
    await (await driverOf(world, site.host)).ensureNetwork(bridgeOf(network, vni, world.settings.guestMtu, site, sites))
  await world.at('network.bridged')
  if (sites.length > 0)
    await world.db
      .insertInto('network_host')
      .values(sites.map(({ host }) => ({ network, host })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  await wakeMovers(world, network)
  for (const { host, state } of before) {
    if (state === 'Down' || sites.some((site) => site.host === host)) continue
    await (await driverOf(world, host)).removeNetwork({ bridge: guestBridge(vni) })
    await world.db.deleteFrom('network_host').where('network', '=', network).where('host', '=', host).execute()
  }
}

/** Machines that wait for a bridge on the host they move to. */
const wakeMovers = async (world: World, network: string): Promise<void> => {
  const { rows } = await sql<{ readonly kind: 'guest' | 'router'; readonly id: string }>`
    select 'guest' as kind, guest.id from nic join guest on guest.id = nic.guest
      where nic.network = ${network} and guest.target_host is not null
    union all
    select 'router', router.id from nic join router on router.id = nic.router
      where nic.network = ${network} and router.target_host is not null`.execute(world.db)
  for (const { kind, id } of rows) await world.jobs.wake(world.db, kind, id)
}

const bridgedHosts = (world: World, network: string) =>
  world.db
    .selectFrom('network_host')
    .innerJoin('host', 'host.id', 'network_host.host')
    .select(['network_host.host', 'host.state'])
    .where('network', '=', network)
    .execute()

/** A machine could not be put on its host: the bridges are made sure of before the next attempt. */
export const distrustBridges = async (world: World, host: string, networks: readonly string[]): Promise<void> => {
  if (networks.length === 0) return
  await world.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('network_host').where('host', '=', host).where('network', 'in', networks).execute()
    for (const network of networks.toSorted()) await world.jobs.wake(trx, 'network', network)
  })
}
