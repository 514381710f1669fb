import type { Kysely } from 'kysely'
import { type Account, findAccountsById, projectAccountsOf } from '../model/account.ts'
import { isWithin } from '../model/domain.ts'
import type { Database } from '../model/schema.ts'
import type { Caller } from './caller.ts'

/** Administrators of the whole cloud. */
export const seesAll = ({ roletype }: Caller): boolean => roletype === 'Admin' || roletype === 'ResourceAdmin'

/** Whether the account is the caller's own, or of the domains that the caller administers. Projects: `mayUse`. */
export const administers = (caller: Caller, { id, domainpath }: Pick<Account, 'id' | 'domainpath'>): boolean =>
  seesAll(caller) ||
  id === caller.accountid ||
  (caller.roletype === 'DomainAdmin' && isWithin(domainpath, caller.domainpath))

/** Those of the accounts whose things the caller may not see; one that does not exist is among them. */
export const forbiddenAccounts = async (
  db: Kysely<Database>,
  caller: Caller,
  ids: readonly string[],
): Promise<string[]> => {
  const others = [...new Set(ids)].filter((id) => id !== caller.accountid)
  if (others.length === 0 || seesAll(caller)) return []
  const allowed = new Set(await projectAccountsOf(db, caller.accountid))
  for (const account of await findAccountsById(db, others)) if (administers(caller, account)) allowed.add(account.id)
  return others.filter((id) => !allowed.has(id))
}
