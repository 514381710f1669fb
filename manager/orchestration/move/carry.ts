import type { Guest, Router } from '../../model/move.ts'
import { driverOf } from '../hosts.ts'
import { shutDownRouter } from '../router/control.ts'
import { forgetServedPasswords } from '../router/served.ts'
import { guestName, routerName, type World } from '../world.ts'
import { watched } from './progress.ts'

const imageOfGuest = async (world: World, { template }: Guest): Promise<string> => {
  const { image } = await world.db
    .selectFrom('template')
    .select('image')
    .where('id', '=', template)
    .executeTakeFirstOrThrow()
  return image
}

/**
 * A guest's disk is on its host: it is stopped there, copied, and deleted there when all of it is here. What is cut in
 * between is done again; a disk that is gone from the old host is at the new one.
 */
export const carryGuest = async (
  world: World,
  guest: Guest,
  from: string,
  to: string,
  report: () => void,
): Promise<void> => {
  const name = guestName(guest.number)
  const [source, target] = [await driverOf(world, from), await driverOf(world, to)]
  // First what takes long and disturbs nobody.
  await target.ensureImage(world.imageFolder(await imageOfGuest(world, guest)))
  await world.db.updateTable('guest').set({ state: 'Migrating' }).where('id', '=', guest.id).execute()
  await source.stopMachine(name)
  await world.at('guest.off')
  const packed = await source.exportMachine(name)
  if (packed === undefined) return
  await target.importMachine(name, watched(packed, report))
  await world.at('guest.copied')
  await source.destroyMachine(name)
}

/** A router has nothing that its spec does not say: it ends here and is made there. */
export const carryRouter = async (world: World, router: Router, from: string, to: string): Promise<void> => {
  const [source, target] = [await driverOf(world, from), await driverOf(world, to)]
  await target.ensureControlNetwork()
  if (router.image !== null) await target.ensureImage(world.imageFolder(router.image))
  await forgetServedPasswords(world, source, router)
  await world.db.updateTable('router').set({ state: 'Migrating' }).where('id', '=', router.id).execute()
  await shutDownRouter(world, source, router)
  await source.destroyMachine(routerName(router.number))
}
