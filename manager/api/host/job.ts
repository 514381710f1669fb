import type { Selectable, Transaction } from 'kysely'
import { findHost, lockHost } from '../../model/host.ts'
import type { Database, HostTable } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { write } from '../write.ts'
import { presentHost } from './response.ts'

/** The job of a change to a host; `change` says what, the host's row held. */
export const changeHost = (
  context: Context,
  cmd: string,
  id: string,
  change: (trx: Transaction<Database>, host: Selectable<HostTable>) => Promise<unknown>,
): Promise<{ readonly jobid: string }> =>
  write(context, async (trx) => {
    await change(trx, found(await lockHost(trx, id), 'id', 'host', id))
    const target = { kind: 'host', id } as const
    return { jobid: await context.jobs.startJob(trx, { cmd, target, revision: 0, instancetype: 'Host' }) }
  })

export const hostResult = async ({ db }: Context, id: string) => {
  const host = await findHost(db, id)
  return host && presentHost(host)
}
