import { SysvmError } from '@sysvm/errors'
import { type RawBuilder, sql } from 'kysely'
import type { NetworkSpec } from '../../hosts/driver.ts'
import { driverOf } from '../hosts.ts'
import type { Scope } from '../router/scope.ts'
import { guestBridge, type World } from '../world.ts'

/** What has a bridge on each host that has machines of it: a network; of a VPC, the link of its two routers. */
export interface Segment extends Scope {
  readonly vni: number
}

interface Site {
  readonly host: string
  readonly name: string
  readonly underlay: string | null
}

/** The table of hosts that have a segment's bridge. */
const hostsTable = { network: 'network_host', vpc: 'vpc_link_host' } as const

/** Whether the host has the bridge of a network, or of the link of a VPC's two routers, so that machines can be put on it. */
export const hasBridge = async (world: World, { kind, id }: Scope, host: string): Promise<boolean> => {
  const { rows } = await sql`
    select from ${sql.table(hostsTable[kind])} where ${sql.ref(kind)} = ${id} and host = ${host}`.execute(world.db)
  return rows.length > 0
}

/** Networks, and VPCs of two routers, whose bridges the host has. */
export const bridgedSegments = async (world: World, host: string): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ id: string }>`
    select network as id from network_host where host = ${host}
    union all select vpc from vpc_link_host where host = ${host}`.execute(world.db)
  return new Set(rows.map(({ id }) => id))
}

const isOn = ({ kind, id }: Scope): RawBuilder<boolean> =>
  kind === 'network' ? sql`nic.network = ${id}` : sql`nic.role = 'link' and router.vpc = ${id}`

/** Hosts on which something is placed, or comes to, that has a nic in the segment. */
const sitesOf = async (world: World, segment: Scope): Promise<Site[]> => {
  const { rows } = await sql<Site>`
    select distinct host.id as host, host.name, host(host.underlay) as underlay
    from nic
    left join guest on guest.id = nic.guest
    left join router on router.id = nic.router
    join host on host.id in (guest.host, guest.target_host, router.host, router.target_host)
    where ${isOn(segment)} and host.state <> 'Down'
    order by host.id`.execute(world.db)
  return rows
}

/** A plain bridge on one host; among several, VXLAN from each one's underlay address to all others'. Pure. */
export const bridgeOf = (
  { id, vni }: Pick<Segment, 'id' | 'vni'>,
  mtu: number,
  site: Site,
  sites: readonly Site[],
): NetworkSpec => {
  const base = { id, bridge: guestBridge(vni), mtu }
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
 * Makes the segment's bridge where it is needed, takes it away where it no longer is, and says so in its table of hosts.
 * Nothing is asked of the hosts when that says so already: a host that came back has its rows removed.
 */
export const spreadSegment = async (world: World, segment: Segment): Promise<void> => {
  const sites = await sitesOf(world, segment)
  const before = await bridgedHosts(world, segment)
  const same = before.length === sites.length && sites.every(({ host }) => before.some((row) => row.host === host))
  if (same) return
  for (const site of sites)
    await (await driverOf(world, site.host)).ensureNetwork(bridgeOf(segment, world.settings.guestMtu, site, sites))
  await world.at('network.bridged')
  const [table, column] = [sql.table(hostsTable[segment.kind]), sql.ref(segment.kind)]
  const hosts = sites.map(({ host }) => host)
  await sql`insert into ${table} (${column}, host) select ${segment.id}, unnest(${hosts}::uuid[])
    on conflict do nothing`.execute(world.db)
  await wakeMovers(world, segment)
  for (const { host, state } of before) {
    if (state === 'Down' || hosts.includes(host)) continue
    await (await driverOf(world, host)).removeNetwork({ bridge: guestBridge(segment.vni) })
    await sql`delete from ${table} where ${column} = ${segment.id} and host = ${host}`.execute(world.db)
  }
}

/** The same for the link of a VPC's two routers, where it has one. */
export const spreadLink = async (world: World, vpc: string): Promise<void> => {
  const link = await world.db.selectFrom('vpc_link').select('vni').where('vpc', '=', vpc).executeTakeFirst()
  if (link !== undefined) await spreadSegment(world, { kind: 'vpc', id: vpc, vni: link.vni })
}

/** Machines that wait for a bridge on the host they move to. */
const wakeMovers = async (world: World, segment: Segment): Promise<void> => {
  const { rows } = await sql<{ readonly kind: 'guest' | 'router'; readonly id: string }>`
    select case when guest.id is null then 'router' else 'guest' end as kind, coalesce(guest.id, router.id) as id
    from nic
    left join guest on guest.id = nic.guest
    left join router on router.id = nic.router
    where ${isOn(segment)} and coalesce(guest.target_host, router.target_host) is not null`.execute(world.db)
  for (const { kind, id } of rows) await world.jobs.wake(world.db, kind, id)
}

const bridgedHosts = async (world: World, { kind, id }: Scope) => {
  const { rows } = await sql<{ readonly host: string; readonly state: string }>`
    select bridged.host, host.state from ${sql.table(hostsTable[kind])} bridged join host on host.id = bridged.host
    where ${sql.ref(`bridged.${kind}`)} = ${id}`.execute(world.db)
  return rows
}

/** A machine could not be put on its host: the bridges are made sure of before the next attempt. */
export const distrustBridges = async (world: World, host: string, segments: readonly Scope[]): Promise<void> => {
  if (segments.length === 0) return
  await world.db.transaction().execute(async (trx) => {
    for (const { kind, id } of segments.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      await sql`delete from ${sql.table(hostsTable[kind])}
        where host = ${host} and ${sql.ref(kind)} = ${id}`.execute(trx)
      await world.jobs.wake(trx, kind, id)
    }
  })
}
