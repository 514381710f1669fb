import type { Selectable } from 'kysely'
import { reviseNetwork } from '../model/network.ts'
import {
  duePairs,
  isRenewed,
  judgeRoles,
  type PairScope,
  pairedRouters,
  saveRoles,
  scopeOfPair,
} from '../model/redundancy.ts'
import type { RedundantState, RouterTable } from '../model/schema.ts'
import { reviseVpc } from '../model/vpc.ts'
import type { Consumer } from './follow/consumer.ts'
import { driverOf } from './hosts.ts'
import { askBoth } from './router/ask-both.ts'
import { withRouter } from './router/control.ts'
import { eachRouter } from './router/each.ts'
import { askRole, isLevel, isToRest, type Told } from './router/pair.ts'
import { forgetServedPasswords } from './router/served.ts'
import { readTunnels } from './vpn.ts'
import type { World } from './world.ts'

const AT_ONCE = 8

type Router = Selectable<RouterTable>

/**
 * What is shown of a router: one that has just come is no backup before it has the primary's connections. A router that
 * is one remains one: of connections that come and go a few are always on their way.
 */
export const shownRole = (before: RedundantState, told: Told | undefined, other: Told | undefined): RedundantState => {
  if (told === undefined) return 'UNKNOWN'
  if (told.state !== 'BACKUP' || before === 'BACKUP') return told.state
  return other?.state === 'PRIMARY' && isLevel(other, told) ? 'BACKUP' : 'UNKNOWN'
}

/** The primary first: what the backup has is counted later than what it should have. */
const inOrder = (routers: readonly Router[]): Router[] =>
  routers.toSorted((a, b) => Number(b.redundant_state === 'PRIMARY') - Number(a.redundant_state === 'PRIMARY'))

/** A password that a guest has fetched from the primary is fetched from the other one no more. */
const forgetServed = async (world: World, { kind, id }: PairScope, router: Router): Promise<void> => {
  if (router.host === null) return
  if (!(await forgetServedPasswords(world, await driverOf(world, router.host), router))) return
  await world.db.transaction().execute(async (trx) => {
    if (kind === 'vpc') await reviseVpc(trx, id)
    else await reviseNetwork(trx, id)
    await world.jobs.wake(trx, kind, id)
  })
}

/** Of a VPC: what is heard of tunnels counts from whoever serves, so a new one is asked for all of them. */
const readTunnelsOf = async (world: World, router: Router): Promise<void> => {
  if (router.vpc === null || router.host === null) return
  const driver = await driverOf(world, router.host)
  await withRouter(world, driver, router, (client) => readTunnels(world, router.id, client))
}

/** Reads the roles of two routers together and writes down what they are. */
export const readPair = async (world: World, scope: PairScope): Promise<void> => {
  const found = await world.db
    .selectFrom('router')
    .selectAll()
    .where(scope.kind, '=', scope.id)
    .where('desired', '=', 'Running')
    .execute()
  const renewed = await isRenewed(world.db, scope)
  // One that serves alone until the other has come has no role to tell, and much to do.
  if (renewed && found.some(({ generation }) => generation === 0)) return
  const routers = inOrder(found)
  const askOf = (router: Router | undefined) => async (): Promise<Told | undefined> =>
    router?.state === 'Running' ? askRole(world, router) : undefined
  const told = await askBoth([askOf(routers[0]), askOf(routers[1])])
  const seen = routers.map(({ id, redundant_state }, index) => ({
    router: id,
    state: shownRole(redundant_state, told[index], told[1 - index]),
    own: told[index]?.flows?.own ?? null,
    peer: told[index]?.flows?.peer ?? null,
  }))
  await saveRoles(world.db, seen)
  await judgeRoles(
    world.db,
    scope,
    routers.map(({ redundant_state }) => redundant_state),
    seen.map(({ state }) => state),
  )
  const primary = routers.find((_, index) => told[index]?.state === 'PRIMARY')
  if (primary !== undefined) await forgetServed(world, scope, primary)
  if (primary !== undefined && primary.redundant_state !== 'PRIMARY') await readTunnelsOf(world, primary)
  if (renewed) await world.jobs.wake(world.db, scope.kind, scope.id)
  // Whoever waits until the other one can do without it.
  for (const router of routers) if (isToRest(router)) await world.jobs.wake(world.db, 'router', router.id)
}

const readPairOf = async (world: World, router: string): Promise<void> => {
  const scope = await scopeOfPair(world.db, router)
  if (scope !== undefined) await readPair(world, scope)
}

/**
 * A change of role is seen when it happens. A router of two of which nothing is heard is looked after: what does not
 * answer is replaced, as long as the other one is there to serve.
 */
export const roles: Consumer = {
  types: new Set(['redundancy']),
  wanted: ({ db }) => pairedRouters(db),
  read: readPairOf,
  heard: readPairOf,
  silent: (world, router) => world.jobs.wake(world.db, 'router', router),
}

/** Reads the roles of all pairs that are due. A router that does not answer is read next time. */
export const watchRoles = async (world: World): Promise<void> => {
  const due = await duePairs(world.db, world.settings.roleSpacingMs / 1000)
  await eachRouter(world, due, AT_ONCE, (scope) => readPair(world, scope), 'the roles')
}
