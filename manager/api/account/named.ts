import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { accountNamed } from '../../model/account.ts'
import type { Database } from '../../model/schema.ts'
import { administers } from '../access.ts'
import type { Context } from '../command.ts'
import { domainOf } from '../domain/find.ts'
import { found } from '../found.ts'

/** Id of an account by its name, whatever its state; 431 when there is none that the caller administers. */
export const accountIdNamed = async (
  { caller }: Context,
  db: Kysely<Database>,
  name: string,
  domainid = caller.domainid,
): Promise<string> => {
  const domain = found(await domainOf(db, caller, domainid), 'domainid', 'domain', domainid)
  const account = await accountNamed(db, domain.id, name)
  if (account !== undefined && account.type !== 'Project' && administers(caller, account)) return account.id
  throw new SysvmError(
    'SYSVM_API_PARAMETER',
    `Parameter account: there is no account '${name.slice(0, 60)}' that you may use in that domain.`,
  )
}
