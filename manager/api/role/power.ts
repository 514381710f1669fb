import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import type { RoleKind } from '../../model/schema/identity.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { permissionsOf } from '../permission.ts'

/** How far the things reach that a kind of role may see. */
const reach: Readonly<Record<RoleKind, number>> = { User: 0, DomainAdmin: 1, ResourceAdmin: 2, Admin: 3 }

interface Role {
  readonly roleid: string
  readonly roletype: RoleKind
}

/**
 * Whether the caller may do all that a role may: nobody gives more power than it has, nor takes an account over that
 * has more.
 */
export const covers = async ({ caller, commands }: Context, db: Kysely<Database>, role: Role): Promise<boolean> => {
  if (reach[role.roletype] > reach[caller.roletype]) return false
  const [mine, theirs] = [await permissionsOf(db, caller), await permissionsOf(db, role)]
  return commands.every((command) => mine(command) || !theirs(command))
}

/** Refuses (531) a change of an account or user by who has less power. */
export const requirePower = async (
  context: Context,
  db: Kysely<Database>,
  role: Role,
  whose: string,
): Promise<void> => {
  if (!(await covers(context, db, role)))
    throw new SysvmError(
      'SYSVM_API_FORBIDDEN',
      `${whose} has a role that may do more than yours: ask an administrator above you.`,
    )
}
