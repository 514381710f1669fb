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

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Clients name it by id, by name, or both at once: then both must be the same. */
const idOf = async (context: Context, trx: Kysely<Database>, { id, account, domainid }: Named): Promise<string> => {
  const named = account === undefined ? undefined : await accountIdNamed(context, trx, account, domainid)
  if (named === undefined && domainid !== undefined)
    throw bad('Parameter domainid: comes with account, which is missing.')
  if (named === undefined && id === undefined) throw bad('Name the account: give id, or account and domainid.')
  if (named !== undefined && id !== undefined && named !== id)
    throw bad('Parameter account: id is that of another one.')
  return id ?? named ?? ''
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
