import type { Transaction, Updateable } from 'kysely'
import { findNics } from '../../model/nic.ts'
import { findRouter, updateRouterRow } from '../../model/router.ts'
import type { Database, RouterTable } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { ownersIn } from '../owner.ts'
import { write } from '../write.ts'
import { presentRouter } from './response.ts'

type Change = Updateable<RouterTable> | ((trx: Transaction<Database>) => Promise<Updateable<RouterTable>>)

/** The job of a change to what is wanted of a router. */
export const changeRouter = (
  context: Context,
  cmd: string,
  id: string,
  change: Change,
): Promise<{ readonly jobid: string }> =>
  write(context, async (trx) => {
    const values = typeof change === 'function' ? await change(trx) : change
    const revision = found(await updateRouterRow(trx, id, values), 'id', 'router', id)
    const target = { kind: 'router', id } as const
    return { jobid: await context.jobs.startJob(trx, { cmd, target, revision, instancetype: 'DomainRouter' }) }
  })

export const routerResult = async ({ db }: Context, id: string) => {
  const router = await findRouter(db, id)
  return router && presentRouter(await ownersIn(db, [router]), await findNics(db, { routers: [id] }))(router)
}
