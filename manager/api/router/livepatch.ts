import { SysvmError } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import { newestSystemImage } from '../../model/router.ts'
import type { Database } from '../../model/schema.ts'

/** Of the image whose firmware routers that run are to be given. */
export const newestImage = async (trx: Kysely<Database>): Promise<string> => {
  const newest = await newestSystemImage(trx).executeTakeFirst()
  if (newest) return newest.image
  throw new SysvmError('SYSVM_RESOURCE_STATE', 'There is no system VM image that checks out: build one first.')
}

/** How a network's or VPC's routers are restarted. As CloudStack has it, cleanup is instead of livepatch. */
interface Restart {
  readonly cleanup: boolean | undefined
  readonly livepatch: boolean | undefined
}

/**
 * Asks for the newest firmware in all routers of a network or VPC that run, a tier's included; one that has it is told
 * its whole document again. Those that are made anew need none. Called before what they serve is held: whoever holds both
 * held the routers first. Returns its image, where any router is to have it.
 */
export const wantFirmware = async (
  trx: Kysely<Database>,
  { kind, id }: { readonly kind: 'network' | 'vpc'; readonly id: string },
  { cleanup, livepatch }: Restart,
): Promise<string | undefined> => {
  if (cleanup || !livepatch) return undefined
  const serves =
    kind === 'vpc' ? sql`vpc = ${id}` : sql`(network = ${id} or vpc = (select vpc from network where id = ${id}))`
  const routers = sql`${serves} and desired = 'Running' and image is not null`
  const { rows } = await sql`select from router where ${routers} order by id for no key update`.execute(trx)
  if (rows.length === 0) return undefined
  const image = await newestImage(trx)
  await sql`update router set next_firmware = ${image}, patch_forced = false where ${routers}`.execute(trx)
  return image
}
