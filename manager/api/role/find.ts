import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { lockRole, type Role } from '../../model/role.ts'
import type { Database } from '../../model/schema.ts'
import { found } from '../found.ts'

/** A role that can change, its row held. */
export const lockCustomRole = async (trx: Kysely<Database>, id: string, parameter = 'id'): Promise<Role> => {
  const role = found(await lockRole(trx, id), parameter, 'role', id)
  if (!role.isdefault) return role
  throw new SysvmError(
    'SYSVM_API_FORBIDDEN',
    `Role ${role.name} is a standard one: copy it by createRole roleid=${id}.`,
  )
}
