import { SysvmError } from '@sysvm/errors'
import { accountsOfRole, deleteRoleRow } from '../../model/role.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockCustomRole } from './find.ts'

export const deleteRole = defineCommand({
  name: 'deleteRole',
  authorized: admins,
  subject: 'role',
  since: '4.9.0',
  description: 'Deletes a role that no account has.',
  params: { id: p.required(p.uuid('The role.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const role = await lockCustomRole(context, trx, id)
      const accounts = await accountsOfRole(trx, id)
      if (accounts > 0)
        throw new SysvmError('SYSVM_IN_USE', `Role ${role.name} is that of ${accounts} accounts: give them another.`)
      await deleteRoleRow(trx, id)
    }),
})
