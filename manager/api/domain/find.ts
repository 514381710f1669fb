import type { Kysely } from 'kysely'
import { type Domain, findDomain, isWithin } from '../../model/domain.ts'
import type { Database } from '../../model/schema.ts'
import { seesAll } from '../access.ts'
import type { Caller } from '../caller.ts'

/** The domain, where the caller may look: its own and, for administrators, what is beneath theirs. */
export const domainOf = async (db: Kysely<Database>, caller: Caller, id: string): Promise<Domain | undefined> => {
  const domain = await findDomain(db, id)
  if (domain === undefined || domain.id === caller.domainid || seesAll(caller)) return domain
  return caller.roletype === 'DomainAdmin' && isWithin(domain.path, caller.domainpath) ? domain : undefined
}
