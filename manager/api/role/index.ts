import type { Command } from '../command.ts'
import { createRole } from './create-role.ts'
import { createRolePermission } from './create-role-permission.ts'
import { deleteRole } from './delete-role.ts'
import { deleteRolePermission } from './delete-role-permission.ts'
import { importRole } from './import-role.ts'
import { listRolePermissions } from './list-role-permissions.ts'
import { listRoles } from './list-roles.ts'
import { updateRole } from './update-role.ts'
import { updateRolePermission } from './update-role-permission.ts'

export const roleCommands: readonly Command[] = [
  createRole,
  createRolePermission,
  deleteRole,
  deleteRolePermission,
  importRole,
  listRolePermissions,
  listRoles,
  updateRole,
  updateRolePermission,
]
