import { deleteRules, findRule } from '../../model/role.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockCustomRole } from './find.ts'
import { withinPower } from './power.ts'

export const deleteRolePermission = defineCommand({
  name: 'deleteRolePermission',
  authorized: admins,
  subject: 'role_permission',
  since: '4.9.0',
  description: 'Deletes a rule of a role.',
  params: { id: p.required(p.uuid('The rule.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { role } = found(await findRule(trx, id), 'id', 'rule', id)
      const held = await lockCustomRole(context, trx, role)
      await withinPower(context, trx, async () => {
        await deleteRules(trx, { id })
        return held
      })
    }),
})
