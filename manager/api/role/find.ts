import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { lockRole, type Role } from '../../model/role.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'
import { covers } from './power.ts'

/** A role that the caller can change, its row held: no standard one, not its own, and none that may do more than it. */
export const lockCustomRole = async (
  context: Context,
  trx: Kysely<Database>,
  id: string,
  parameter = 'id',
): Promise<Role> => {
  const role = found(await lockRole(trx, id), parameter, 'role', id)
  const refuse = (why: string) => new SysvmError('SYSVM_API_FORBIDDEN', `Role ${role.name} ${why}`)
  if (role.isdefault) throw refuse(`is a standard one: copy it by createRole roleid=${id}.`)
  if (id === context.caller.roleid) throw refuse('is your own: ask an administrator who has another one.')
  if (!(await covers(context, trx, { roleid: id, roletype: role.type })))
    throw refuse('may do more than yours: ask an administrator above you.')
  return role
}
