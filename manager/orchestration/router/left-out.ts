import type { World } from '../world.ts'
import { readBase } from './base.ts'
import { leftOut, vpn } from './parts/vpn.ts'

/** Tunnels that the router is not given as things are, each with why. No key is opened for it. */
export const readLeftOut = (world: World, routerId: string): Promise<ReturnType<typeof leftOut>> =>
  world.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const base = await readBase(trx, routerId, world.settings.guestMtu)
      return base === undefined ? [] : leftOut(base, await vpn.read(trx, base, { unseal: () => '' }))
    })
