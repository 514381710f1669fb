import { SysvmError } from '@sysvm/errors'
import { findRouter } from '../../model/router.ts'
import type { Context } from '../command.ts'
import type { ControlClient } from '../dependencies.ts'
import { found } from '../found.ts'

/** Asks a running router over a control connection of its own. */
export const askRouter = async <T>(
  { db, dependencies }: Context,
  parameter: string,
  id: string,
  ask: (client: ControlClient) => Promise<T>,
): Promise<T> => {
  const router = found(await findRouter(db, id), parameter, 'router', id)
  if (router.host === null || dependencies.control === undefined)
    throw new SysvmError('SYSVM_RESOURCE_STATE', `Router r-${router.number}-VM is on no host: start it first.`)
  const client = await dependencies.control(id)
  try {
    return await ask(client)
  } finally {
    await client.close()
  }
}
