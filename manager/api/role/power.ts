import { SysvmError } from '@sysvm/errors'
import type { Kysely, Selectable } from 'kysely'
import type { RoleKind, RoleTable } from '../../model/schema/identity.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { permissionsOf } from '../permission.ts'

/** How far the things reach that a kind of role may see. */
const reach: Readonly<Record<RoleKind, number>> = { User: 0, DomainAdmin: 1, ResourceAdmin: 2, Admin: 3 }

interface Role {
  readonly roleid: string
  readonly roletype: RoleKind
}

/** Judges roles by what the caller may do now, whatever becomes of its own role later. */
const judgeOf = async ({ caller, commands }: Context, db: Kysely<Database>) => {
  const mine = await permissionsOf(db, caller)
  return async (role: Role): Promise<boolean> => {
    if (reach[role.roletype] > reach[caller.roletype]) return false
    const theirs = await permissionsOf(db, role)
    return commands.every((command) => mine(command) || !theirs(command))
  }
}

/**
 * Whether the caller may do all that a role may: nobody gives more power than it has, nor takes an account over that
 * has more.
 */
export const covers = async (context: Context, db: Kysely<Database>, role: Role): Promise<boolean> =>
  (await judgeOf(context, db))(role)

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

type RoleRow = Pick<Selectable<RoleTable>, 'id' | 'name' | 'type'>

/** Makes or changes a role, and refuses (531) one that then may do more than its maker could before. */
export const withinPower = async <R extends RoleRow>(
  context: Context,
  trx: Kysely<Database>,
  change: () => Promise<R>,
): Promise<R> => {
  const covered = await judgeOf(context, trx)
  const role = await change()
  if (await covered({ roleid: role.id, roletype: role.type })) return role
  throw new SysvmError('SYSVM_API_FORBIDDEN', `Role ${role.name} would be allowed more than yours: you cannot do that.`)
}
