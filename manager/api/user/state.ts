import type { Transaction } from 'kysely'
import type { EntryState } from '../../model/schema/identity.ts'
import type { Database } from '../../model/schema.ts'
import { endSessionsOf } from '../../model/session.ts'
import { changeUser, findUser } from '../../model/user.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { lockUserFor, refuseLockout } from './find.ts'
import { presentUser } from './response.ts'

/** Lets a user in or keeps it out, from the next call on: its keys and sessions are asked for each time. */
export const setUserState = async (context: Context, trx: Transaction<Database>, id: string, state: EntryState) => {
  if (state !== 'enabled') refuseLockout(context, id, state)
  await lockUserFor(context, trx, id)
  await changeUser(trx, id, { state })
  if (state !== 'enabled') await endSessionsOf(trx, { user: id })
  return presentUser(found(await findUser(trx, id), 'id', 'user', id))
}
