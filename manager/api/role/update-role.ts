import { SysvmError } from '@sysvm/errors'
import { accountsOfRole, changeRole, findRole } from '../../model/role.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { lockCustomRole } from './find.ts'
import { roleType } from './params.ts'
import { withinPower } from './power.ts'
import { presentRole, roleResponse } from './response.ts'

export const updateRole = defineCommand({
  name: 'updateRole',
  authorized: admins,
  since: '4.9.0',
  description: 'Changes a role that is no standard one.',
  params: {
    id: p.required(p.uuid('The role.')),
    name: p.name('Another name.'),
    type: roleType('Another kind, while no account has it.'),
    description: p.text('What it is for.'),
    ispublic: p.boolean('Whether domain administrators see it.'),
  },
  answer: 'object',
  response: roleResponse,
  run: (context, { id, type, ...values }) =>
    write(context, async (trx) => {
      const role = await lockCustomRole(context, trx, id)
      const accounts = type === undefined || type === role.type ? 0 : await accountsOfRole(trx, id)
      if (accounts > 0)
        throw new SysvmError('SYSVM_IN_USE', `Role ${role.name} is that of ${accounts} accounts: its kind stays.`)
      const changed = await withinPower(context, trx, async () => {
        await changeRole(trx, id, changes({ ...values, type }))
        return found(await findRole(trx, id), 'id', 'role', id)
      })
      return presentRole(changed)
    }),
})
