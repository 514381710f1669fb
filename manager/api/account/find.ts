import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { lockMember, type Member } from '../../model/account-list.ts'
import { ADMIN_ACCOUNT } from '../../model/identity.ts'
import type { Database } from '../../model/schema.ts'
import { administers } from '../access.ts'
import type { Context } from '../command.ts'
import { found, notFound } from '../found.ts'
import { requirePower } from '../role/power.ts'
import { accountIdNamed } from './named.ts'

interface Named {
  readonly id?: string | undefined
  readonly account?: string | undefined
  readonly domainid?: string | undefined
}

const idOf = (context: Context, trx: Kysely<Database>, { id, account, domainid }: Named): Promise<string> => {
  if (id !== undefined) return Promise.resolve(id)
  if (account === undefined)
    throw new SysvmError('SYSVM_API_PARAMETER', 'Name the account: give id, or account and domainid.')
  return accountIdNamed(context, trx, account, domainid)
}

/** The account that the caller names and has power over, its row held. */
export const lockAccountFor = async (context: Context, trx: Kysely<Database>, named: Named): Promise<Member> => {
  const id = await idOf(context, trx, named)
  const account = found(await lockMember(trx, id), 'id', 'account', id)
  if (!administers(context.caller, account)) throw notFound('id', 'account', id)
  await requirePower(context, trx, account, `Account ${account.name}`)
  if (account.leaving)
    throw new SysvmError('SYSVM_RESOURCE_STATE', `Account ${account.name} is being removed: it cannot change any more.`)
  return account
}

/** There is always one way in: nobody shuts out itself or the administrator that every cloud has. */
export const refuseAccountLockout = ({ caller }: Context, id: string, verb: string): void => {
  if (id === ADMIN_ACCOUNT)
    throw new SysvmError('SYSVM_API_FORBIDDEN', `The administrator that every cloud has cannot be ${verb}.`)
  if (id === caller.accountid) throw new SysvmError('SYSVM_API_FORBIDDEN', `You cannot have your own account ${verb}.`)
}
