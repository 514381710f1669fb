import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import type { NetworkTable } from '../../model/schema.ts'
import { allocateVni, releasePublicIps } from '../../placement/index.ts'
import { failIfBlocked } from '../blocked.ts'
import { restartsDone } from '../done.ts'
import { removeRouter } from '../router/create.ts'
import { attachNics } from '../vpc/nics.ts'
import type { World } from '../world.ts'
import { spreadNetwork } from './bridges.ts'
import { createRouter } from './router.ts'
import { serveStopped } from './stopped.ts'
import { leaveRouter, routerOf } from './tier.ts'
import { waitingGuests, wakeAll } from './waiting.ts'

type Network = Selectable<NetworkTable>

const destroy = async (world: World, network: Network): Promise<Outcome> => {
  const guests = await world.db
    .selectFrom('nic')
    .select('guest')
    .where('network', '=', network.id)
    .where('guest', 'is not', null)
    .execute()
  if (guests.length > 0) return 'waiting'
  const router = network.vpc === null ? await routerOf(world, network) : undefined
  if (router) {
    await removeRouter(world, router.id)
    return 'waiting'
  }
  if (network.vpc !== null && !(await leaveRouter(world, network))) return 'waiting'
  if (network.vni !== null) await spreadNetwork(world, network.id, network.vni)
  await world.at('network.cleared')
  await world.db.transaction().execute(async (trx) => {
    await releasePublicIps(trx, { kind: 'network', id: network.id })
    await trx.deleteFrom('network').where('id', '=', network.id).execute()
    if (network.vpc !== null) await world.jobs.wake(trx, 'vpc', network.vpc)
  })
  return 'converged'
}

/** A network is implemented by its first guest and stays so. */
const isNeeded = async (world: World, network: Network): Promise<boolean> => {
  if (network.state !== 'Allocated' || network.restarts_wanted > network.restarts_done) return true
  return (await waitingGuests(world.db, network.id)).length > 0
}

/** What is observed never overwrites a deletion that was asked for meanwhile. */
const setState = (db: Kysely<Database>, id: string, state: 'Implementing' | 'Implemented') =>
  db.updateTable('network').set({ state }).where('id', '=', id).where('state', '<>', 'Destroy').execute()

/** All that is allocated for a network belongs to its row or its router's, so each step may be the last. */
const implement = async (world: World, network: Network): Promise<Outcome> => {
  const vni = await world.db.transaction().execute(async (trx) => {
    if (network.state === 'Allocated') await setState(trx, network.id, 'Implementing')
    return allocateVni(trx, network.id)
  })
  await world.at('network.vni')
  if (network.cidr === null) return implementWire(world, network, vni)
  return network.vpc === null ? implementIsolated(world, network, vni) : implementTier(world, network, network.vpc, vni)
}

/** Of type L2: bridges are all that it is. */
const implementWire = async (world: World, network: Network, vni: number): Promise<Outcome> => {
  await spreadNetwork(world, network.id, vni)
  await settle(world, network, true)
  return 'converged'
}

const implementIsolated = async (world: World, network: Network, vni: number): Promise<Outcome> => {
  const router = await routerOf(world, network)
  const replace = network.restarts_wanted > network.restarts_done
  if (router && replace && router.desired !== 'Destroyed') await removeRouter(world, router.id)
  if (router && (replace || router.desired === 'Destroyed')) return 'waiting'
  if (router === undefined) {
    const id = await createRouter(world, network)
    await world.at('network.router')
    await world.jobs.wake(world.db, 'router', id)
    return 'waiting'
  }
  return serve(world, network, vni, router)
}

/** The VPC makes the router and has it made anew; a tier only has its nic plugged into the one that runs. */
const implementTier = async (world: World, network: Network, vpc: string, vni: number): Promise<Outcome> => {
  const found = await routerOf(world, network)
  if (found === undefined || found.desired === 'Destroyed') {
    await failIfBlocked(world.db, network.id, ['vpc'])
    await world.jobs.wake(world.db, 'vpc', vpc)
    return 'waiting'
  }
  if (found.nic === null) await attachNics(world, found.id, vpc)
  await world.at('network.nic')
  const router = await routerOf(world, network)
  return router === undefined ? 'waiting' : serve(world, network, vni, router)
}

type Serving = NonNullable<Awaited<ReturnType<typeof routerOf>>>

/** In service as soon as the router holds the network's newest revision. */
const serve = async (world: World, network: Network, vni: number, router: Serving): Promise<Outcome> => {
  const stopped = router.desired === 'Stopped'
  await spreadNetwork(world, network.id, vni)
  if (stopped) return serveStopped(world, network.id, router)
  if (router.state !== 'Running' || (router.held ?? 0) < network.revision) {
    // One that serves all there is may have failed at something else, such as a move.
    await failIfBlocked(world.db, network.id, ['router'])
    await world.jobs.wake(world.db, 'router', router.id)
    return 'waiting'
  }
  // A tier's restart is that its router has been told all of it again.
  await settle(world, network, network.vpc !== null)
  return 'converged'
}

/** In service: guests that waited for it go on, and with `restarted` the restart that was asked for is over. */
const settle = (world: World, network: Network, restarted: boolean): Promise<void> =>
  world.db.transaction().execute(async (trx) => {
    await setState(trx, network.id, 'Implemented')
    if (restarted)
      await trx
        .updateTable('network')
        .set({ restarts_done: restartsDone(network.restarts_wanted) })
        .where('id', '=', network.id)
        .execute()
    await wakeAll(trx, world.jobs, 'guest', await waitingGuests(trx, network.id))
  })

/** Guests that wait for the network learn why it cannot be. */
export const networkFailed =
  (world: World) =>
  async (trx: Transaction<Database>, id: string): Promise<void> =>
    wakeAll(trx, world.jobs, 'guest', await waitingGuests(trx, id))

/** One network: its identifier, addresses, bridges and router exist as long as it is needed. */
export const createNetworkReconciler =
  (world: World): Reconcile =>
  async (id) => {
    const network = await world.db.selectFrom('network').selectAll().where('id', '=', id).executeTakeFirst()
    if (network === undefined) return 'converged'
    if (network.state === 'Destroy') return destroy(world, network)
    return (await isNeeded(world, network)) ? implement(world, network) : 'converged'
  }
