import { sql, type Transaction } from 'kysely'
import { isPermanent } from '../../jobs/backoff.ts'
import type { Database } from '../../model/database.ts'
import type { Guest as GuestRow, Router as RouterRow } from '../../model/move.ts'
import { networksOf } from '../../model/move.ts'
import type { Hypervisor } from '../../model/schema.ts'
import { type Need, placeOnHost } from '../../placement/index.ts'
import { failIfBlocked } from '../blocked.ts'
import { hasBridge } from '../network/bridges.ts'
import type { World } from '../world.ts'
import { carryGuest, carryRouter } from './carry.ts'

/** A guest or router whose host may change. */
export type Movable =
  | { readonly kind: 'guest'; readonly row: GuestRow; readonly need: () => Promise<Need> }
  | { readonly kind: 'router'; readonly row: RouterRow; readonly need: () => Promise<Need> }

const wakeNetworks = async (trx: Transaction<Database>, world: World, { kind, row }: Movable): Promise<void> => {
  for (const network of await networksOf(trx, kind, row.id)) await world.jobs.wake(trx, 'network', network)
}

const giveUp = (world: World, { kind, row }: Movable) =>
  world.db.updateTable(kind).set({ moving: false, target_host: null }).where('id', '=', row.id).execute()

const stateOfHost = (world: World, host: string) =>
  world.db
    .selectFrom('host')
    .innerJoin('cluster', 'cluster.id', 'host.cluster')
    .select(['host.state', 'host.resourcestate', 'cluster.hypervisor'])
    .where('host.id', '=', host)
    .executeTakeFirstOrThrow()

/** It is not on, and where its disk is nothing may be started. */
const startsOnClosedHost = ({ row }: Movable, { resourcestate }: { readonly resourcestate: string }): boolean =>
  row.state !== 'Running' && row.state !== 'Migrating' && !['Enabled', 'Disabled'].includes(resourcestate)

/** Where it goes: what was chosen before, as long as that host is one to be placed on. */
const chooseTarget = async (world: World, machine: Movable, host: string, hypervisor: Hypervisor) => {
  const { kind, row, need } = machine
  if (row.target_host !== null) {
    if (row.state === 'Migrating') return row.target_host
    const { state, resourcestate } = await stateOfHost(world, row.target_host)
    if (state === 'Up' && resourcestate === 'Enabled') return row.target_host
    await world.db.updateTable(kind).set({ target_host: null }).where('id', '=', row.id).execute()
  }
  const wanted = await need()
  return world.db.transaction().execute(async (trx) => {
    const target = await placeOnHost(trx, row.zone, { ...wanted, except: host, hypervisor }, (target_host) =>
      trx.updateTable(kind).set({ moving: true, target_host }).where('id', '=', row.id).execute(),
    )
    await wakeNetworks(trx, world, machine)
    return target
  })
}

/** The new host has the bridges that it will be put on. */
const isAwaited = async (world: World, { kind, row }: Movable, target: string): Promise<boolean> => {
  for (const network of await networksOf(world.db, kind, row.id)) {
    if (await hasBridge(world, network, target)) continue
    await failIfBlocked(world.db, network, ['network'])
    await world.jobs.wake(world.db, 'network', network)
    return false
  }
  return true
}

/** Its row says where it is from now on; the bridges that only it needed go. */
const arrive = async (world: World, machine: Movable, from: string, target: string): Promise<void> => {
  const { kind, row } = machine
  const state = row.desired === 'Running' ? ('Starting' as const) : ('Stopped' as const)
  await world.db.transaction().execute(async (trx) => {
    await trx
      .updateTable(kind)
      .set({ host: target, target_host: null, moving: false, state })
      .where('id', '=', row.id)
      .execute()
    await trx.updateTable('nic').set({ plugged: false }).where(kind, '=', row.id).execute()
    await wakeNetworks(trx, world, machine)
    await world.jobs.wake(trx, 'host', from)
  })
}

const carry = async (world: World, machine: Movable, from: string): Promise<'moved' | 'waiting'> => {
  const { kind, row } = machine
  const { hypervisor } = await stateOfHost(world, from)
  const target = await chooseTarget(world, machine, from, hypervisor)
  await world.at(`${kind}.target`)
  if (row.state !== 'Migrating' && !(await isAwaited(world, machine, target))) return 'waiting'
  if (kind === 'guest') await carryGuest(world, row, from, target)
  else await carryRouter(world, row, from, target)
  await world.at(`${kind}.carried`)
  await arrive(world, machine, from, target)
  return 'moved'
}

/**
 * Sees to it that a machine that should leave its host does. `moved`: its row names another host now; read it again. A
 * guest that is on its way is brought there whatever became of it meanwhile: its disk must be in one place.
 */
export const settleHost = async (world: World, machine: Movable): Promise<'stays' | 'moved' | 'waiting'> => {
  const { kind, row } = machine
  if (row.host === null) return 'stays'
  const underWay = row.state === 'Migrating'
  if (row.desired !== 'Running' && !(underWay && kind === 'guest')) {
    if (row.moving) await giveUp(world, machine)
    return 'stays'
  }
  if (!row.moving && !startsOnClosedHost(machine, await stateOfHost(world, row.host))) return 'stays'
  try {
    return await carry(world, machine, row.host)
  } catch (error) {
    if (isPermanent(error) && !underWay) {
      await giveUp(world, machine)
      // One that runs goes on; only its move failed.
      if (row.state !== 'Running')
        await world.db.updateTable(kind).set({ state: 'Error' }).where('id', '=', row.id).execute()
      await world.jobs.wake(world.db, 'host', row.host)
    }
    throw error
  }
}

/** Guests and routers that are on the host, or come to it, and are not off. */
export const machinesOn = async (db: World['db'], host: string) => {
  const { rows } = await sql<{
    readonly kind: 'guest' | 'router'
    readonly id: string
    readonly name: string
    readonly running: boolean
    readonly moving: boolean
    readonly code: string | null
    readonly failures: number | null
    readonly reason: string | null
  }>`
    select machine.*, backoff.code, backoff.failures from (
      select 'guest' as kind, id, 'guest ' || name as name, desired = 'Running' as running, moving, reason from guest
        where (host = ${host} or target_host = ${host}) and state not in ('Stopped', 'Destroyed', 'Error')
      union all
      select 'router', id, 'router r-' || number || '-VM', desired = 'Running', moving, reason from router
        where (host = ${host} or target_host = ${host}) and (state <> 'Stopped' or desired = 'Running')
    ) machine
    left join backoff on backoff.kind = machine.kind and backoff.target = machine.id
    order by machine.kind, machine.id`.execute(db)
  return rows
}
