import type { Kysely } from 'kysely'
import { type Account, findAccount } from '../../model/account.ts'
import { findDomain } from '../../model/domain.ts'
import { ROOT_DOMAIN } from '../../model/identity.ts'
import type { Limited } from '../../model/limit/limit.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { fieldsOfOwner, type OwnerFields, ownerNamed } from '../owner.ts'

/** Whose limits or counts a call is about, and how answers name it. */
export interface Whose extends Limited {
  readonly fields: OwnerFields
  /** Of a domain: it and all beneath it are meant. */
  readonly path?: string
}

interface Asked {
  readonly account?: string | undefined
  readonly domainid?: string | undefined
  readonly projectid?: string | undefined
}

/** The root administrator's accounts have no limits, whatever is set. */
export const limitedOf = ({ id, type }: Pick<Account, 'id' | 'type'>): Limited => ({
  kind: type === 'Project' ? 'project' : 'account',
  id,
  unlimited: type === 'Admin',
})

/** An account, a project, or with domainid alone the domain; of nobody named the caller's account. */
export const whoseLimits = async (context: Context, db: Kysely<Database>, asked: Asked): Promise<Whose> => {
  const { account, domainid, projectid } = asked
  if (domainid !== undefined && account === undefined && projectid === undefined) {
    const { id, name, path } = found(await findDomain(db, domainid), 'domainid', 'domain', domainid)
    const fields = { domainid: id, domain: name, domainpath: path }
    return { kind: 'domain', id, unlimited: id === ROOT_DOMAIN, fields, path }
  }
  const id = await ownerNamed(context, db, asked)
  const row = found(await findAccount(db, id), 'account', 'account', id)
  return { ...limitedOf(row), fields: fieldsOfOwner(row) as OwnerFields }
}
