import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import type { Domain } from '../../model/domain.ts'
import type { Database } from '../../model/schema.ts'
import { seesAll } from '../access.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { domainOf } from './find.ts'

/** A domain that the caller may change: beneath its own, never its own. */
export const administeredDomain = async ({ caller }: Context, trx: Kysely<Database>, id: string): Promise<Domain> => {
  const domain = found(await domainOf(trx, caller, id), 'id', 'domain', id)
  if (domain.parent === null) throw new SysvmError('SYSVM_API_FORBIDDEN', 'ROOT stays as it is.')
  if (domain.id === caller.domainid && !seesAll(caller))
    throw new SysvmError('SYSVM_API_FORBIDDEN', 'You cannot change the domain that you are in.')
  if (domain.state !== 'Active')
    throw new SysvmError('SYSVM_RESOURCE_STATE', `Domain ${domain.path} is being removed: it cannot change any more.`)
  return domain
}
