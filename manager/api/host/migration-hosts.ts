import { findHosts } from '../../model/host.ts'
import { type Moving, movingGuest } from '../../model/move.ts'
import { hostsFor } from '../../placement/index.ts'
import type { Context, Listed } from '../command.ts'
import { found } from '../found.ts'
import { pageOf } from '../paging.ts'
import { presentHost } from './response.ts'

interface Asked {
  readonly keyword?: string | undefined
  readonly page?: number | undefined
  readonly pagesize?: number | undefined
}

/** Ids of the hosts that a machine could go to now. */
export const roomFor = ({ db }: Context, { zone, host, need, hypervisor }: Moving): Promise<readonly string[]> =>
  db.transaction().execute(async (trx) => {
    const room = await hostsFor(trx, zone, { ...need, except: host ?? undefined, hypervisor: hypervisor ?? undefined })
    return room.map(({ id }) => id)
  })

/** The hosts to which a guest could be moved: of its hypervisor, in its zone, with room. */
export const migrationHosts = async (
  context: Context,
  id: string,
  params: Asked,
): Promise<Listed<ReturnType<typeof presentHost>>> => {
  const guest = found(await movingGuest(context.db, id), 'virtualmachineid', 'guest', id)
  const ids = await roomFor(context, guest)
  const { count, rows } = await findHosts(context.db, { ids, keyword: params.keyword }, pageOf(params))
  return { count, items: rows.map(presentHost) }
}
