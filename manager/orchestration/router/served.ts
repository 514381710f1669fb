import type { Selectable } from 'kysely'
import type { HostDriver } from '../../hosts/driver.ts'
import type { RouterTable } from '../../model/schema.ts'
import type { World } from '../world.ts'
import { withRouter } from './control.ts'

/** Longest wait for a machine that is to end anyway, in milliseconds. */
const ANSWER_MS = 3000

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Passwords that a router has served are forgotten before its memory of them goes with its machine: the next router
 * would serve them again. One that does not answer cannot tell, and is not waited for. True: some were forgotten.
 */
export const forgetServedPasswords = async (
  world: World,
  driver: HostDriver,
  router: Selectable<RouterTable>,
): Promise<boolean> => {
  try {
    const { served } = await withRouter(world, driver, router, (client) =>
      client.request<{ readonly served: readonly string[] }>('GET', '/v1/state/metadata', { timeoutMs: ANSWER_MS }),
    )
    const ids = served.filter((id) => UUID.test(id))
    if (ids.length === 0) return false
    const { numUpdatedRows } = await world.db
      .updateTable('guest')
      .set({ password_id: null, password_sealed: null })
      .where('password_id', 'in', ids)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  } catch (error) {
    world.log.debug({ router: router.id, err: error }, 'a router does not tell which passwords it served')
    return false
  }
}
