import { type Selectable, sql } from 'kysely'
import type { HostDriver, MachineSpec, NicSecurity } from '../../hosts/driver.ts'
import { isPermanent } from '../../jobs/backoff.ts'
import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import { networksOfGuest, sizeOf } from '../../model/guest.ts'
import { lockInOrder } from '../../model/lock.ts'
import { addressesOfGuest, settleAddress } from '../../model/nat.ts'
import { reviseNetworks } from '../../model/network.ts'
import type { GuestTable } from '../../model/schema.ts'
import { brokenGroup, type Need, placeOnHost } from '../../placement/index.ts'
import { failIfBlocked, forgetFailures } from '../blocked.ts'
import { rebootsDone } from '../done.ts'
import { driverOf } from '../hosts.ts'
import { settleHost } from '../move/index.ts'
import { createLane, type Lane } from '../move/lane.ts'
import { distrustBridges, hasBridge } from '../network/bridges.ts'
import { guestBridge, guestName, type World } from '../world.ts'
import { allowedAddresses } from './addresses.ts'
import { allocateNics } from './nics.ts'
import { securityOf } from './security.ts'
import { dropNics, leavingNics, markPlugged } from './unplug.ts'

type Guest = Selectable<GuestTable>

const setState = (world: World, guest: Guest, state: Guest['state']) =>
  world.db.updateTable('guest').set({ state }).where('id', '=', guest.id).execute()

/**
 * The revision that every router of the network has which serves or comes up; null: none serves. One of two that cannot
 * come up is told everything when it does; a backup that refuses what is new is not waited for.
 */
const heldByRouters = sql<number | null>`(
  select case when bool_or(router.state = 'Running') then coalesce(
    min(coalesce(held.revision, 0)) filter (where refusal.target is null), min(coalesce(held.revision, 0))) end
  from router left join router_network held on held.router = router.id and held.network = network.id
  left join backoff refusal on refusal.kind = 'router' and refusal.target = router.id
    and refusal.code = 'SYSVM_ROUTER_COMMIT' and refusal.revision >= coalesce((select vpc.revision from vpc where vpc.id = network.vpc), network.revision)
    and router.redundant_state <> 'PRIMARY'
  where (router.network = network.id or router.vpc = network.vpc) and router.desired = 'Running'
    and (router.state = 'Running' or router.reason is null))`

const nicsOf = (world: World, guest: Guest) =>
  world.db
    .selectFrom('nic')
    .innerJoin('network', 'network.id', 'nic.network')
    .select(['nic.id', 'nic.mac', 'nic.address', 'nic.address6', 'nic.device', 'nic.revision', 'nic.plugged'])
    .select(['network.id as network', 'network.vni', 'network.state', 'network.ip6cidr', 'network.cidr'])
    .select(
      sql<
        string[]
      >`array(select host(own.address) from nic_secondary_ip own where own.nic = nic.id order by own.address)`.as(
        'further',
      ),
    )
    .select(heldByRouters.as('held'))
    .where('nic.guest', '=', guest.id)
    .where('nic.leaving', '=', false)
    .orderBy('nic.device')
    .execute()

type Nic = Awaited<ReturnType<typeof nicsOf>>[number]

const expunge = async (world: World, guest: Guest): Promise<Outcome> => {
  // From here on it cannot be taken back: not begun when somebody took it back since it was read.
  const { numUpdatedRows } = await world.db
    .updateTable('guest')
    .set({ state: 'Expunging' })
    .where('id', '=', guest.id)
    .where('desired', '=', 'Expunged')
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) {
    await world.jobs.wake(world.db, 'guest', guest.id)
    return 'waiting'
  }
  if (guest.host !== null) await (await driverOf(world, guest.host)).destroyMachine(guestName(guest.number))
  await world.at('guest.destroyed')
  // Last of all: until then its machine, addresses and nics have an owner.
  await world.db.transaction().execute(async (trx) => {
    const networks = await networksOfGuest(trx, guest.id)
    const addresses = await addressesOfGuest(trx, guest.id)
    await lockInOrder(trx, { addresses, networks })
    await reviseNetworks(trx, networks)
    await trx.deleteFrom('guest').where('id', '=', guest.id).execute()
    for (const address of addresses) await settleAddress(trx, address)
    for (const id of networks) await world.jobs.wake(trx, 'network', id)
  })
  return 'converged'
}

const halt = async (world: World, guest: Guest, state: 'Stopped' | 'Destroyed'): Promise<Outcome> => {
  const leaving = await leavingNics(world, guest)
  const reinstalls = guest.reinstalls_wanted > guest.reinstalls_done
  if (guest.host !== null) {
    if (guest.state !== state) await setState(world, guest, 'Stopping')
    const driver = await driverOf(world, guest.host)
    // Its next start makes the disk anew.
    await (reinstalls ? driver.destroyMachine(guestName(guest.number)) : driver.stopMachine(guestName(guest.number)))
  }
  await dropNics(world, leaving)
  await world.db
    .updateTable('guest')
    .set({ state, reinstalls_done: guest.reinstalls_wanted })
    .where('id', '=', guest.id)
    .execute()
  return 'converged'
}

const offeringOf = (world: World, guest: Guest) =>
  world.db
    .selectFrom('guest')
    .innerJoin('service_offering', 'service_offering.id', 'guest.offering')
    .select([sizeOf('cpunumber').as('cpunumber'), sizeOf('memory').as('memory')])
    .select(['service_offering.hosttags', 'service_offering.isvolatile'])
    .where('guest.id', '=', guest.id)
    .executeTakeFirstOrThrow()

const needOf = async (world: World, guest: Guest): Promise<Need> => {
  const { cpunumber, memory, hosttags } = await offeringOf(world, guest)
  const { id, host, only_pod: pod, only_cluster: cluster } = guest
  const need = { cpus: cpunumber, memoryMiB: memory, tags: hosttags.split(',').filter(Boolean), guest: id }
  return host === null ? { ...need, pod: pod ?? undefined, cluster: cluster ?? undefined } : need
}

const place = async (world: World, guest: Guest, need: Need, nics: readonly Nic[]) => {
  if (guest.host !== null) return guest.host
  return world.db.transaction().execute(async (trx) => {
    const host = await placeOnHost(trx, guest.zone, need, (host) =>
      trx.updateTable('guest').set({ host }).where('id', '=', guest.id).execute(),
    )
    // In the one order in which all wake them: each is a lock until the transaction ends.
    for (const id of nics.map(({ network }) => network).toSorted()) await world.jobs.wake(trx, 'network', id)
    return host
  })
}

/** Its DHCP reservation, name and metadata are in the router, if there is one, and the host has the bridge. */
const isServed = async (world: World, nic: Nic, host: string): Promise<boolean> => {
  if (nic.cidr === null && nic.state === 'Implemented')
    return hasBridge(world, { kind: 'network', id: nic.network }, host)
  if (nic.state === 'Implemented' && nic.held !== null && nic.held >= nic.revision)
    return hasBridge(world, { kind: 'network', id: nic.network }, host)
  await failIfBlocked(world.db, nic.network, ['network', 'vpc', 'router'])
  return false
}

const startsAnew = (guest: Guest): boolean =>
  guest.state !== 'Running' ||
  guest.reboots_wanted > guest.reboots_done ||
  guest.reinstalls_wanted > guest.reinstalls_done

/** What it would break by starting where its disk is makes it move to where it does not. */
const leavesFor = async (world: World, guest: Guest): Promise<string | undefined> => {
  if (guest.host === null || guest.state === 'Running') return undefined
  const group = await brokenGroup(world.db, guest.id, guest.host)
  if (group === undefined) return undefined
  await world.db.updateTable('guest').set({ moving: true }).where('id', '=', guest.id).execute()
  await world.jobs.wake(world.db, 'guest', guest.id)
  return group
}

/** Before it starts: off, and without its disk where that is to be made anew. */
const clear = async (world: World, driver: HostDriver, guest: Guest): Promise<void> => {
  const name = guestName(guest.number)
  const { isvolatile } = await offeringOf(world, guest)
  if (isvolatile || guest.reinstalls_wanted > guest.reinstalls_done) return driver.destroyMachine(name)
  if (guest.reboots_wanted > guest.reboots_done) await driver.stopMachine(name)
}

const secured = (security: NicSecurity | undefined) => (security === undefined ? {} : { security })

const run = async (world: World, guest: Guest): Promise<Outcome> => {
  const boots = startsAnew(guest)
  if (boots && guest.state !== 'Starting') await setState(world, guest, 'Starting')
  if (boots && (await leavesFor(world, guest)) !== undefined) return 'waiting'
  await allocateNics(world, guest)
  await world.at('guest.nics')
  const leaving = await leavingNics(world, guest)
  const nics = await nicsOf(world, guest)
  const need = await needOf(world, guest)
  const { cpus, memoryMiB } = need
  const host = await place(world, guest, need, nics)
  await world.at('guest.placed')
  for (const nic of boots ? nics : nics.filter(({ plugged }) => !plugged)) {
    if (await isServed(world, nic, host)) continue
    await world.jobs.wake(world.db, 'network', nic.network)
    return 'waiting'
  }
  const { image } = await world.db
    .selectFrom('template')
    .select('image')
    .where('id', '=', guest.template)
    .executeTakeFirstOrThrow()
  const security = await securityOf(world.db, guest.id)
  const machine: MachineSpec = {
    name: guestName(guest.number),
    uuid: guest.id,
    kind: 'guest',
    image,
    cpus,
    memoryMiB,
    nics: nics.map((nic) => ({
      mac: nic.mac ?? '',
      device: `eth${nic.device}`,
      bridge: guestBridge(nic.vni ?? 0),
      // Nobody knows what a guest goes by where it chooses itself.
      ...(nic.cidr === null ? {} : { addresses: allowedAddresses(nic) }),
      ...secured(security.get(nic.network)),
    })),
  }
  const driver = await driverOf(world, host)
  await driver.ensureImage(world.imageFolder(image))
  if (boots) await clear(world, driver, guest)
  try {
    await driver.ensureMachine(machine)
  } catch (error) {
    await distrustBridges(
      world,
      host,
      nics.map((nic) => ({ kind: 'network', id: nic.network })),
    )
    throw error
  }
  await world.at('guest.booted')
  await markPlugged(
    world,
    nics.map(({ id }) => id),
  )
  await dropNics(world, leaving)
  await world.db
    .updateTable('guest')
    .set({
      state: 'Running',
      reboots_done: rebootsDone(guest.reboots_wanted),
      reinstalls_done: guest.reinstalls_wanted,
      security_done: guest.security_wanted,
    })
    .where('id', '=', guest.id)
    .execute()
  return 'converged'
}

const rowOf = (world: World, id: string) =>
  world.db.selectFrom('guest').selectAll().where('id', '=', id).executeTakeFirst()

/** The guest once it is on the host where it should be; undefined while its move waits for something. */
const settled = async (world: World, guest: Guest, lane: Lane): Promise<Guest | undefined> => {
  const move = await settleHost(world, { kind: 'guest', row: guest, need: () => needOf(world, guest), lane })
  if (move === 'waiting') return undefined
  return move === 'moved' ? rowOf(world, guest.id) : guest
}

/** Whether its machine runs, as its host says; one that does not answer is believed to have left it as it was. */
const isOn = async (world: World, guest: Guest): Promise<boolean> => {
  if (guest.host === null) return false
  try {
    const machines = await (await driverOf(world, guest.host)).listMachines()
    return machines.some(({ uuid, state }) => uuid === guest.id && state === 'running')
  } catch {
    return guest.state === 'Running'
  }
}

/** Guests whose disks one manager copies at once. */
const COPIES = 4

/** One guest: its machine runs where it was placed, as soon as the routers of its networks know it. */
export const createGuestReconciler = (world: World): Reconcile => {
  const lane = createLane(COPIES)
  return async (id) => {
    const found = await rowOf(world, id)
    if (found === undefined) return 'converged'
    const guest = await settled(world, found, lane)
    if (guest === undefined) return 'waiting'
    if (guest.desired === 'Expunged') return expunge(world, guest)
    if (guest.desired === 'Stopped') return halt(world, guest, 'Stopped')
    if (guest.desired === 'Destroyed') return halt(world, guest, 'Destroyed')
    if (guest.state === 'Error')
      for (const { network } of await nicsOf(world, guest)) await forgetFailures(world.db, network)
    try {
      return await run(world, guest)
    } catch (error) {
      // One that runs goes on; only what was asked of it failed.
      if (isPermanent(error)) await setState(world, guest, (await isOn(world, guest)) ? 'Running' : 'Error')
      throw error
    }
  }
}
