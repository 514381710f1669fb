import type { Kysely } from 'kysely'
import { findDomain } from '../../model/domain.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { ownerFor, ownerNamed } from '../owner.ts'

interface Asked {
  readonly account?: string | undefined
  readonly domainid?: string | undefined
  readonly projectid?: string | undefined
}

/** Whose a range is: an account's, a project's by its account, or that of the accounts of a domain. */
export type Dedication =
  | { readonly account: string; readonly domain: null }
  | { readonly account: null; readonly domain: string }

/** Whom the parameters name: a domain when that is all they say; undefined: nobody. */
const meant = async (
  context: Context,
  db: Kysely<Database>,
  { account, domainid, projectid }: Asked,
  owner: typeof ownerNamed,
): Promise<Dedication | undefined> => {
  if (account !== undefined || projectid !== undefined) {
    // A project is named without its domain.
    const whose = projectid === undefined ? { account, domainid } : { account, projectid }
    return { account: await owner(context, db, whose), domain: null }
  }
  if (domainid === undefined) return undefined
  return { account: null, domain: found(await findDomain(db, domainid), 'domainid', 'domain', domainid).id }
}

/** Who is to have it. */
export const dedicationOf = (context: Context, trx: Kysely<Database>, asked: Asked) =>
  meant(context, trx, asked, ownerFor)

/** Of lists: whose they are to show, as a filter, whatever becomes of who that is. */
export const dedicatedTo = async (
  context: Context,
  asked: Asked,
): Promise<{ readonly account?: string | undefined; readonly domain?: string | undefined }> => {
  const whose = await meant(context, context.db, asked, ownerNamed)
  return { account: whose?.account ?? undefined, domain: whose?.domain ?? undefined }
}
