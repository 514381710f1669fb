import { SysvmError } from '@sysvm/errors'
import { sql, type Transaction, type Updateable } from 'kysely'
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

/** One that is stopped is not restarted. */
export const rebootOnce = (context: Context, cmd: string, id: string): Promise<{ readonly jobid: string }> =>
  changeRouter(context, cmd, id, async (trx) => {
    const router = found(await findRouter(trx, id), 'id', 'router', id)
    if (router.desired !== 'Running')
      throw new SysvmError('SYSVM_RESOURCE_STATE', `Router r-${router.number}-VM is stopped: start it instead.`)
    return { reboots_wanted: sql<number>`reboots_wanted + 1` as never }
  })
