import { type Selectable, sql } from 'kysely'
import type { HostDriver } from '../../hosts/driver.ts'
import type { RouterTable } from '../../model/schema.ts'
import { bridgedSegments, distrustBridges } from '../network/bridges.ts'
import type { World } from '../world.ts'
import { shutDownRouter } from './control.ts'
import { routerMachine, systemImage } from './machine.ts'
import { bridgeOfNic, type MachineNicRow, machineNics } from './nics.ts'

type Router = Selectable<RouterTable>

const imageOf = async (world: World, router: Router): Promise<string> => {
  if (router.image !== null) return router.image
  const image = await systemImage(world)
  await world.db.updateTable('router').set({ image }).where('id', '=', router.id).execute()
  return image
}

/** The machine runs with exactly these nics; the rows say so afterwards. */
const ensureWith = async (
  world: World,
  router: Router,
  driver: HostDriver,
  nics: readonly MachineNicRow[],
): Promise<void> => {
  const sites = new Set(nics.map(bridgeOfNic).flatMap(({ bridge, site }) => (site ? [bridge] : [])))
  for (const bridge of sites)
    await driver.ensureNetwork({ id: bridge, bridge, isolation: { kind: 'bridge' }, mtu: 1500 })
  try {
    await driver.ensureMachine(await routerMachine(world, router.id, await imageOf(world, router), nics))
  } catch (error) {
    const segments = nics.flatMap(({ role, segment }) =>
      segment === null ? [] : [{ kind: role === 'link' ? ('vpc' as const) : ('network' as const), id: segment }],
    )
    if (router.host !== null) await distrustBridges(world, router.host, segments)
    throw error
  }
  const ids = nics.map(({ id }) => id)
  await world.db
    .updateTable('nic')
    .set({ plugged: sql<boolean>`id = any(${ids}::uuid[])` })
    .where('router', '=', router.id)
    .execute()
}

/** Those of the nics whose bridge the router's host has; of a tier that comes later the others need not know. */
const onBridges = async (
  world: World,
  host: string,
  nics: readonly MachineNicRow[],
): Promise<readonly MachineNicRow[]> => {
  const bridged = await bridgedSegments(world, host)
  return nics.filter(({ segment }) => segment === null || bridged.has(segment))
}

/** Starts the machine with the nics that can be plugged, those that leave included: its last spec names them. */
export const bootRouter = async (world: World, router: Router, host: string, driver: HostDriver): Promise<void> => {
  const nics = await onBridges(world, host, await machineNics(world.db, router.id))
  await driver.ensureControlNetwork()
  await driver.ensureImage(world.imageFolder(await imageOf(world, router)))
  await world.at('router.prepared')
  if (router.reboots_wanted > router.reboots_done) await shutDownRouter(world, driver, router)
  await ensureWith(world, router, driver, nics)
  await world.at('router.booted')
}

/** Gives the running machine the nics it lacks and can have. */
export const plugNics = async (world: World, router: Router, host: string, driver: HostDriver): Promise<void> => {
  const nics = await machineNics(world.db, router.id)
  const fresh = await onBridges(
    world,
    host,
    nics.filter(({ plugged, leaving }) => !plugged && !leaving),
  )
  if (fresh.length === 0) return
  await ensureWith(
    world,
    router,
    driver,
    nics.filter((nic) => nic.plugged || fresh.includes(nic)),
  )
  await world.at('router.plugged')
}

/** Takes away the nics that leave, once the machine holds a spec without them; their networks are told. */
export const unplugNics = async (
  world: World,
  router: Router,
  driver: HostDriver,
  used: ReadonlySet<string>,
): Promise<void> => {
  const nics = await machineNics(world.db, router.id)
  const going = nics.filter(({ id, leaving }) => leaving && !used.has(id))
  if (going.length === 0) return
  if (going.some(({ plugged }) => plugged))
    await ensureWith(
      world,
      router,
      driver,
      nics.filter((nic) => nic.plugged && !going.includes(nic)),
    )
  await world.at('router.unplugged')
  await dropNics(world, router, going)
}

const dropNics = (world: World, router: Router, going: readonly MachineNicRow[]): Promise<void> =>
  world.db.transaction().execute(async (trx) => {
    // In the one order in which networks are woken: each is a lock until the transaction ends.
    const inOrder = going.toSorted((a, b) => ((a.network ?? '') < (b.network ?? '') ? -1 : 1))
    for (const { id, network } of inOrder) {
      await trx.deleteFrom('nic').where('id', '=', id).execute()
      if (network === null) continue
      await trx.deleteFrom('router_network').where('router', '=', router.id).where('network', '=', network).execute()
      await world.jobs.wake(trx, 'network', network)
    }
  })

/** The same where no machine runs: it will start without them. Whether there were any. */
export const dropLeavingNics = async (world: World, router: Router): Promise<boolean> => {
  const going = (await machineNics(world.db, router.id)).filter(({ leaving }) => leaving)
  if (going.length > 0) await dropNics(world, router, going)
  return going.length > 0
}
