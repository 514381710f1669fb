import { isSysvmError } from '@sysvm/errors'
import { isPermanent } from '../../jobs/backoff.ts'
import { networksOf } from '../../model/move.ts'
import type { Hypervisor } from '../../model/schema.ts'
import { brokenGroup, placeOnHost } from '../../placement/index.ts'
import { failIfBlocked } from '../blocked.ts'
import { hasBridge } from '../network/bridges.ts'
import type { World } from '../world.ts'
import { carryGuest, carryRouter } from './carry.ts'
import { takeBack } from './lost.ts'
import { type Movable, wakeNetworks } from './movable.ts'
import { reporterOf } from './progress.ts'

const giveUp = (world: World, { kind, row }: Movable) =>
  world.db.updateTable(kind).set({ moving: false, target_host: null }).where('id', '=', row.id).execute()

interface HostState {
  readonly state: string
  readonly resourcestate: string
  readonly hypervisor: Hypervisor
}

const stateOfHost = (world: World, host: string): Promise<HostState> =>
  world.db
    .selectFrom('host')
    .innerJoin('cluster', 'cluster.id', 'host.cluster')
    .select(['host.state', 'host.resourcestate', 'cluster.hypervisor'])
    .where('host.id', '=', host)
    .executeTakeFirstOrThrow()

/** It is not on, and where its disk is nothing may be started; what could not leave its host runs on there. */
const startsOnClosedHost = ({ row }: Movable, { resourcestate }: HostState): boolean => {
  if (row.state === 'Running' || row.state === 'Migrating') return false
  if (resourcestate === 'ErrorInMaintenance') return row.state !== 'Starting'
  return resourcestate === 'PrepareForMaintenance' || resourcestate === 'Maintenance'
}

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
    if (await hasBridge(world, { kind: 'network', id: network }, target)) continue
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

/** Its disk is copied while few others are; whoever waits is woken by the next one that arrives. */
const carryInTurn = async (world: World, machine: Movable, from: string, target: string): Promise<boolean> => {
  if (machine.kind === 'router') {
    await carryRouter(world, machine.row, from, target)
    return true
  }
  const { lane, row } = machine
  const report = reporterOf(world, row.id)
  report()
  if (!lane.take(row.id)) return false
  try {
    await carryGuest(world, row, from, target, report)
    return true
  } finally {
    const next = lane.give(row.id)
    if (next !== undefined)
      await world.jobs
        .wake(world.db, 'guest', next)
        .catch((err: unknown) => world.log.warn({ guest: next, err }, 'it is left to the sweep that its turn has come'))
  }
}

const carry = async (world: World, machine: Movable, from: string): Promise<'moved' | 'waiting'> => {
  const { kind, row } = machine
  const { hypervisor } = await stateOfHost(world, from)
  const target = await chooseTarget(world, machine, from, hypervisor)
  await world.at(`${kind}.target`)
  if (row.state !== 'Migrating' && !(await isAwaited(world, machine, target))) return 'waiting'
  if (!(await carryInTurn(world, machine, from, target))) return 'waiting'
  await world.at(`${kind}.carried`)
  await arrive(world, machine, from, target)
  return 'moved'
}

/** What its row says now: it may have been stopped for its move meanwhile. */
const rowNow = (world: World, { kind, row }: Movable) =>
  world.db.selectFrom(kind).select(['state', 'target_host']).where('id', '=', row.id).executeTakeFirst()

/** A host that is being emptied keeps what cannot go, and what ran there before runs on. */
const mayStayOn = async (world: World, { kind, row }: Movable, { resourcestate }: HostState): Promise<boolean> => {
  if (row.state !== 'Starting' || row.host === null) return false
  if (resourcestate !== 'PrepareForMaintenance' && resourcestate !== 'ErrorInMaintenance') return false
  return kind === 'router' || (await brokenGroup(world.db, row.id, row.host)) === undefined
}

/** What becomes of a machine that could not be brought elsewhere; throws what it failed at, unless it starts where it is. */
const stayBehind = async (world: World, machine: Movable, here: HostState, error: unknown): Promise<'stays'> => {
  const { kind, row } = machine
  const now = await rowNow(world, machine)
  const unreachable = isSysvmError(error, 'SYSVM_HOST_UNREACHABLE')
  if (now?.state === 'Migrating') {
    // Whether its host is gone is for that one's reconciler to find out, and soon.
    if (unreachable && now.target_host !== null) await world.jobs.wake(world.db, 'host', now.target_host)
    throw error
  }
  if ((isPermanent(error) || unreachable) && (await mayStayOn(world, machine, here))) {
    await giveUp(world, machine)
    return 'stays'
  }
  if (isPermanent(error)) {
    await giveUp(world, machine)
    // One that runs goes on; only its move failed.
    if (row.state !== 'Running')
      await world.db.updateTable(kind).set({ state: 'Error' }).where('id', '=', row.id).execute()
    if (row.host !== null) await world.jobs.wake(world.db, 'host', row.host)
  }
  throw error
}

/**
 * Sees to it that a machine that should leave its host does. `moved`: its row names another host now; read it again. A
 * guest that is on its way is brought there whatever became of it meanwhile, as long as the other host answers: its disk
 * must be in one place.
 */
export const settleHost = async (world: World, machine: Movable): Promise<'stays' | 'moved' | 'waiting'> => {
  const { kind, row } = machine
  if (row.host === null) return 'stays'
  const underWay = row.state === 'Migrating'
  if (row.desired !== 'Running' && !(underWay && kind === 'guest')) {
    if (row.moving) await giveUp(world, machine)
    return 'stays'
  }
  const here = await stateOfHost(world, row.host)
  if (!row.moving && !startsOnClosedHost(machine, here)) return 'stays'
  if (underWay && (await takeBack(world, machine, row.host))) return 'waiting'
  try {
    return await carry(world, machine, row.host)
  } catch (error) {
    return stayBehind(world, machine, here, error)
  }
}
