import { SysvmError } from '@sysvm/errors'
import type { Context } from './command.ts'
import { boolean, text, uuid } from './parameter.ts'

/** Whose things: until accounts come there is one owner, and asking for another one is an error. */
export const owner = {
  account: text('Name of the owning account; needs domainid.'),
  domainid: uuid('Domain of the owning account.'),
}

/** Filters of lists; the root administrator sees everything either way. */
export const ownerFilter = {
  ...owner,
  isrecursive: boolean('List the subdomains of domainid too.'),
  listall: boolean('List all that the caller may see, not only its own.'),
}

interface OwnerValues {
  readonly account?: string | undefined
  readonly domainid?: string | undefined
}

export const checkOwner = ({ caller }: Context, { account, domainid }: OwnerValues): void => {
  if (account !== undefined && account !== caller.account)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter account: there is no account '${account.slice(0, 60)}'.`)
  if (domainid !== undefined && domainid !== caller.domainid)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter domainid: no domain has the id ${domainid}.`)
}
