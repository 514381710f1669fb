import { messageOf, SysvmError } from '@sysvm/errors'
import type { Selectable } from 'kysely'
import type { RouterTable } from '../../model/schema.ts'
import { driverOf } from '../hosts.ts'
import { routerName, type World } from '../world.ts'
import { shutDownRouter } from './control.ts'
import { forgetServedPasswords } from './served.ts'

type Router = Selectable<RouterTable>

/** The machine ends; the next one is of `image`. Its generation goes with it: the spec is told anew. */
const remake = async (
  world: World,
  router: Router,
  images: { readonly image: string; readonly former_image: string | null },
): Promise<Router> => {
  if (router.host !== null) {
    const driver = await driverOf(world, router.host)
    // First what takes long and disturbs nobody.
    await driver.ensureImage(world.imageFolder(images.image))
    if (router.state === 'Running') await forgetServedPasswords(world, driver, router)
    await shutDownRouter(world, driver, router)
    await driver.destroyMachine(routerName(router.number))
  }
  await world.at('router.remade')
  return world.db
    .updateTable('router')
    .set({ ...images, next_image: null, next_firmware: null, patch_forced: false, state: 'Starting' })
    .where('id', '=', router.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** A router that is to be of another image, made of it. */
export const upgradeRouter = async (world: World, router: Router): Promise<Router> => {
  if (router.next_image === null || router.next_image === router.image) return router
  return remake(world, router, { image: router.next_image, former_image: router.former_image ?? router.image })
}

/** The new image serves: there is nothing to go back to. */
export const keepUpgrade = async (world: World, router: Router): Promise<void> => {
  if (router.former_image === null) return
  await world.db.updateTable('router').set({ former_image: null }).where('id', '=', router.id).execute()
}

/** Made of its old image again, after its new one did not come up or refused the spec. */
export const takeBackUpgrade = (world: World, router: Router, image: string): Promise<Router> =>
  remake(world, router, { image, former_image: null })

/** For whoever asked for the upgrade: the router serves, of its old image. */
export const upgradeFailed = (router: Router, cause: unknown): SysvmError =>
  new SysvmError(
    'SYSVM_ROUTER_UPGRADE',
    `Router ${routerName(router.number)} did not come up of its new image and serves with the old one again: ${messageOf(cause)}`,
    { details: { router: router.id }, cause },
  )
