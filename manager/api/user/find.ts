import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { lockMember, type Member } from '../../model/account-list.ts'
import { ADMIN_USER } from '../../model/identity.ts'
import type { Database } from '../../model/schema.ts'
import { findUser, type User } from '../../model/user.ts'
import { administers, seesAll } from '../access.ts'
import type { Context } from '../command.ts'
import { found, notFound } from '../found.ts'
import { requirePower } from '../role/power.ts'

/** A user that the caller may change, its account's row held: of its own account or one that it has power over. */
export const lockUserFor = async (
  context: Context,
  trx: Kysely<Database>,
  id: string,
): Promise<{ readonly user: User; readonly account: Member }> => {
  const known = found(await findUser(trx, id), 'id', 'user', id)
  const account = await lockMember(trx, known.account)
  const user = await findUser(trx, id)
  if (account === undefined || user === undefined || !administers(context.caller, account))
    throw notFound('id', 'user', id)
  if (user.id !== context.caller.userid) await requirePower(context, trx, account, `Account ${account.name}`)
  return { user, account }
}

/** A caller of kind User has its own user only; others of its account are the administrator's. */
export const requireOwnUser = ({ caller }: Context, id: string): void => {
  if (caller.roletype === 'User' && caller.userid !== id)
    throw new SysvmError('SYSVM_API_FORBIDDEN', 'You may do this with your own user only.')
}

/** There is always one way in: nobody shuts out itself or the administrator that every cloud has. */
export const refuseLockout = ({ caller }: Context, id: string, verb: string): void => {
  if (id === ADMIN_USER)
    throw new SysvmError('SYSVM_API_FORBIDDEN', `The administrator that every cloud has cannot be ${verb}.`)
  if (id === caller.userid) throw new SysvmError('SYSVM_API_FORBIDDEN', `You cannot have yourself ${verb}.`)
}

/** Whose passwords a caller sets without knowing the old one. */
export const isAdministrator = ({ caller }: Context): boolean => seesAll(caller) || caller.roletype === 'DomainAdmin'
