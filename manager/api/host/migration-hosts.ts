import { findHosts } from '../../model/host.ts'
import { movingGuest } from '../../model/move.ts'
import { hostsWithRoom } from '../../placement/index.ts'
import type { Context, Listed } from '../command.ts'
import { found } from '../found.ts'
import { pageOf } from '../paging.ts'
import { presentHost } from './response.ts'

interface Asked {
  readonly keyword?: string | undefined
  readonly page?: number | undefined
  readonly pagesize?: number | undefined
}

/** The hosts to which a guest could be moved: of its hypervisor, in its zone, with room. */
export const migrationHosts = async (
  { db }: Context,
  id: string,
  params: Asked,
): Promise<Listed<ReturnType<typeof presentHost>>> => {
  const { zone, host, need, hypervisor } = found(await movingGuest(db, id), 'virtualmachineid', 'guest', id)
  const wanted = { ...need, except: host ?? undefined, hypervisor: hypervisor ?? undefined }
  const { limit, offset } = pageOf(params)
  const { count, ids } = await hostsWithRoom(db, zone, wanted, { keyword: params.keyword, limit, offset })
  // One more than there are: a page that is not full needs no count.
  const { rows } = await findHosts(db, { ids }, { limit: ids.length + 1, offset: 0 })
  return { count, items: rows.map(presentHost) }
}
