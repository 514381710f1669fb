import { isSysvmError } from '@sysvm/errors'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import type { NetworkTable } from '../../model/schema.ts'
import { allocateVni, releasePublicIps } from '../../placement/index.ts'
import { blockedBy, failIfBlocked } from '../blocked.ts'
import { restartsDone } from '../done.ts'
import { forgetRenewal, seeToOne } from '../renewal/index.ts'
import { networkSubject } from '../renewal/subject.ts'
import { removeRouter } from '../router/create.ts'
import { remakeRouters } from '../router/remakes.ts'
import { ranks } from '../router/scope.ts'
import { attachNics } from '../vpc/nics.ts'
import type { World } from '../world.ts'
import { spreadSegment } from './bridges.ts'
import { judge } from './judge.ts'
import { createRouters, wantedRanks } from './router.ts'
import { serveStopped } from './stopped.ts'
import { leaveRouters, routersOf, type Serving } from './tier.ts'
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
  const routers = network.vpc === null ? await routersOf(world, network) : []
  for (const { id } of routers) await removeRouter(world, id)
  if (routers.length > 0) return 'waiting'
  if (network.vpc !== null && !(await leaveRouters(world, network))) return 'waiting'
  if (network.vni !== null) await spreadSegment(world, { kind: 'network', id: network.id, vni: network.vni })
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
  await spreadSegment(world, { kind: 'network', id: network.id, vni })
  await settle(world, network, true)
  return 'converged'
}

const implementIsolated = async (world: World, network: Network, vni: number): Promise<Outcome> => {
  const routers = await routersOf(world, network)
  const replace = network.restarts_wanted > network.restarts_done
  const staying = routers.filter(({ desired }) => desired !== 'Destroyed')
  const subject = networkSubject(network)
  if (!network.redundant && (network.renews !== null || routers.length > 0))
    return seeToOne(world, subject, routers, () => serve(world, network, vni, staying))
  await forgetRenewal(world, subject)
  const missing = wantedRanks(network).filter((rank) => !routers.some((router) => router.rank === rank))
  if (network.redundant && replace && staying.length === ranks.length)
    await remakeRouters(world, { kind: 'network', id: network.id }, network.restarts_wanted)
  if (missing.length === 0) return staying.length === 0 ? 'waiting' : serve(world, network, vni, staying)
  try {
    const ids = await createRouters(world, network, missing)
    await world.at('network.router')
    for (const id of ids) await world.jobs.wake(world.db, 'router', id)
  } catch (error) {
    if (staying.length === 0 || !isSysvmError(error, 'SYSVM_CAPACITY')) throw error
    world.log.warn({ network: network.id, err: error }, 'there is no address for a second router')
    const outcome = await serve(world, network, vni, staying)
    if (!replace) return outcome
    await countRestart(world.db, network)
    throw error
  }
  return 'waiting'
}

/** The VPC makes the router and has it made anew; a tier only has its nic plugged into the one that runs. */
const implementTier = async (world: World, network: Network, vpc: string, vni: number): Promise<Outcome> => {
  const found = (await routersOf(world, network)).filter(({ desired }) => desired !== 'Destroyed')
  if (found.length === 0) {
    await failIfBlocked(world.db, network.id, ['vpc'])
    await world.jobs.wake(world.db, 'vpc', vpc)
    return 'waiting'
  }
  if (found.some(({ nic }) => nic === null)) await attachNics(world, vpc)
  await world.at('network.nic')
  const routers = await routersOf(world, network)
  return routers.length === 0 ? 'waiting' : serve(world, network, vni, routers)
}

/** In service as soon as the routers hold the network's newest revision. */
const serve = async (world: World, network: Network, vni: number, routers: readonly Serving[]): Promise<Outcome> => {
  const [router] = routers
  const stopped = routers.every(({ desired }) => desired === 'Stopped')
  await spreadSegment(world, { kind: 'network', id: network.id, vni })
  if (stopped && router) return serveStopped(world, network.id, routers)
  const { wake, served, blocker } = judge(routers, network)
  for (const { id } of wake) await world.jobs.wake(world.db, 'router', id)
  if (blocker !== undefined) throw blockedBy(blocker, network.name, { network: network.id })
  if (!served) return 'waiting'
  // A tier's restart is that its router has been told all of it again.
  await settle(world, network, network.vpc !== null)
  return 'converged'
}

const countRestart = (db: Kysely<Database>, { id, restarts_wanted }: Network) =>
  db
    .updateTable('network')
    .set({ restarts_done: restartsDone(restarts_wanted) })
    .where('id', '=', id)
    .execute()

/** In service: guests that waited for it go on, and with `restarted` the restart that was asked for is over. */
const settle = (world: World, network: Network, restarted: boolean): Promise<void> =>
  world.db.transaction().execute(async (trx) => {
    await setState(trx, network.id, 'Implemented')
    if (restarted) await countRestart(trx, network)
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
