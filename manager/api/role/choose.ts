import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { standardRoles } from '../../model/identity.ts'
import { findRole, type Role } from '../../model/role.ts'
import type { Database } from '../../model/schema.ts'
import { accountTypeOf } from '../account/type.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { covers } from './power.ts'

interface Wanted {
  readonly roleid?: string | undefined
  readonly accounttype?: number | undefined
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The role of an account to be: the named one, else the standard one of its type, else that of users. */
export const chooseRole = async (
  context: Context,
  trx: Kysely<Database>,
  { roleid, accounttype }: Wanted,
): Promise<Role> => {
  const type = accountTypeOf(accounttype)
  if (type === 'Project') throw bad('Parameter accounttype: the account of a project comes with createProject.')
  const id = roleid ?? standardRoles[type ?? 'User'].id
  const role = found(await findRole(trx, id), 'roleid', 'role', id)
  if (type !== undefined && roleid !== undefined && role.type !== type)
    throw bad(`Parameter accounttype: role ${role.name} is of kind ${role.type}, not ${type}.`)
  if (role.state !== 'enabled') throw bad(`Parameter roleid: role ${role.name} is disabled.`)
  if (!(await covers(context, trx, { roleid: role.id, roletype: role.type })))
    throw new SysvmError('SYSVM_API_FORBIDDEN', `Role ${role.name} may do more than yours: you cannot give it.`)
  return role
}
