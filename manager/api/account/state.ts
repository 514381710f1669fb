import type { Transaction } from 'kysely'
import { changeAccount } from '../../model/account-list.ts'
import type { EntryState } from '../../model/schema/identity.ts'
import type { Database } from '../../model/schema.ts'
import { endSessionsOf } from '../../model/session.ts'
import type { Context } from '../command.ts'
import { lockAccountFor, refuseAccountLockout } from './find.ts'

type Named = Parameters<typeof lockAccountFor>[2]

/** Lets the users of an account in or keeps them out, from the next call on. Returns its id. */
export const setAccountState = async (
  context: Context,
  trx: Transaction<Database>,
  named: Named,
  state: EntryState,
): Promise<string> => {
  const { id } = await lockAccountFor(context, trx, named)
  if (state !== 'enabled') refuseAccountLockout(context, id, state)
  await changeAccount(trx, id, { state })
  if (state !== 'enabled') await endSessionsOf(trx, { account: id })
  return id
}
