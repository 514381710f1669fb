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
  // One more than there are: a page that is not full needs no count.
  const read = (ids: readonly string[]) => findHosts(db, { ids }, { limit: ids.length + 1, offset: 0 })
  const begun = new Map<readonly string[], ReturnType<typeof read>>()
  const begin = (ids: readonly string[]): void => {
    const reading = read(ids)
    // It is waited for below, unless the hosts cannot be counted.
    reading.catch(() => {})
    begun.set(ids, reading)
  }
  const { count, ids } = await hostsWithRoom(db, zone, wanted, { keyword: params.keyword, limit, offset }, begin)
  const { rows } = await (begun.get(ids) ?? read(ids))
  return { count, items: rows.map(presentHost) }
}
