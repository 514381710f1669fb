import type { Kysely } from 'kysely'
import { findMember } from '../../model/account-list.ts'
import type { Database } from '../../model/schema.ts'
import { presentAccounts } from './response.ts'

/** The account as answers show it; undefined when it is gone. */
export const oneAccount = async (db: Kysely<Database>, id: string) => {
  const member = await findMember(db, id)
  return member && (await presentAccounts(db, [member]))[0]
}
