import { ROOT_DOMAIN } from '../../model/identity.ts'
import type { Circle } from '../../model/user.ts'
import type { Context } from '../command.ts'
import { domainOf } from '../domain/find.ts'
import { found } from '../found.ts'

interface Filter {
  readonly domainid?: string | undefined
  readonly isrecursive?: boolean | undefined
  readonly listall?: boolean | undefined
}

/** The domain whose people a list shows: as asked for, else the caller's own; of a mere user its own account. */
export const circleOf = async (context: Context, { domainid, isrecursive, listall }: Filter): Promise<Circle> => {
  const { caller, db } = context
  if (caller.roletype === 'User') return { account: caller.accountid }
  // A resource administrator sees the whole cloud, wherever its own account is.
  const top = caller.roletype === 'ResourceAdmin' ? ROOT_DOMAIN : caller.domainid
  const id = domainid ?? top
  const domain = found(await domainOf(db, caller, id), 'domainid', 'domain', id)
  return { path: domain.path, recursive: isrecursive ?? (domainid === undefined && listall === true) }
}
