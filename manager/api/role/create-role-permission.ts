import { appendRules } from '../../model/role.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { lockCustomRole } from './find.ts'
import { PERMISSIONS, rule as ruleParam } from './params.ts'
import { withinPower } from './power.ts'
import { presentRule, ruleResponse } from './response.ts'

export const createRolePermission = defineCommand({
  name: 'createRolePermission',
  authorized: admins,
  since: '4.9.0',
  description: 'Adds a rule to a role, behind those that it has; it acts from the next call on.',
  params: {
    roleid: p.required(p.uuid('The role.')),
    rule: p.required(ruleParam('Name of a command; * stands for any text.')),
    permission: p.required(p.choice('allow or deny.', PERMISSIONS)),
    description: p.text('What it is for.'),
  },
  answer: 'object',
  response: ruleResponse,
  run: (context, { roleid, description = '', ...values }) =>
    write(context, async (trx) => {
      const role = await lockCustomRole(context, trx, roleid, 'roleid')
      const rule = { ...values, description }
      const { made } = await withinPower(context, trx, async () => {
        const [made] = await appendRules(trx, roleid, [rule])
        return { ...role, made }
      })
      return made === undefined ? {} : presentRule(role)(made)
    }),
})
