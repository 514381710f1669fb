import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import {
  accountsBeneath,
  deleteAccountRow,
  deleteDomainRows,
  deleteRowsOf,
  findRemoval,
  removeAccounts,
} from '../../model/removal.ts'
import type { World } from '../world.ts'
import { clearWorld } from './things.ts'

/** Seconds until it is looked again whether what an account had is gone. */
const LOOK_AGAIN = 1

const removeAccount = async (world: World, id: string): Promise<Outcome> => {
  const { db, jobs } = world
  if (!(await clearWorld(world, id))) {
    await jobs.wake(db, 'removal', id, LOOK_AGAIN)
    return 'waiting'
  }
  await world.at('removal.cleared')
  await deleteRowsOf(db, 'account', id)
  await world.at('removal.emptied')
  await db.transaction().execute((trx) => deleteAccountRow(trx, id))
  return 'converged'
}

const removeDomain = async (world: World, id: string): Promise<Outcome> => {
  const { db, jobs } = world
  const domain = await db.selectFrom('domain').select('path').where('id', '=', id).executeTakeFirst()
  const accounts = domain === undefined ? [] : await accountsBeneath(db, domain.path)
  if (accounts.length === 0) {
    await world.at('removal.left')
    await deleteDomainRows(db, id)
    await world.at('removal.deleted')
    return 'converged'
  }
  await removeAccounts(db, accounts)
  await world.at('removal.shut')
  for (const account of accounts) await jobs.wake(db, 'removal', account)
  await jobs.wake(db, 'removal', id, LOOK_AGAIN)
  return 'waiting'
}

/** Accounts and domains go when nothing of theirs is left: guests, then networks, VPCs and addresses, then rows. */
export const createRemovalReconciler =
  (world: World): Reconcile =>
  async (id) => {
    const removal = await findRemoval(world.db, id)
    if (removal === undefined) return 'converged'
    return removal.kind === 'account' ? removeAccount(world, id) : removeDomain(world, id)
  }
