import { SysvmError } from '@sysvm/errors'
import { changeRule, orderRules, rulesOf } from '../../model/role.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { notFound } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockCustomRole } from './find.ts'
import { PERMISSIONS } from './params.ts'
import { withinPower } from './power.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const updateRolePermission = defineCommand({
  name: 'updateRolePermission',
  authorized: admins,
  since: '4.9.0',
  description: 'Changes the permission of a rule, or the order of all rules of a role.',
  params: {
    roleid: p.required(p.uuid('The role.')),
    ruleid: p.uuid('The rule that gets permission.'),
    permission: p.choice('allow or deny.', PERMISSIONS),
    ruleorder: p.uuids('All rules of the role in their new order.'),
  },
  answer: 'success',
  response: successResponse,
  run: (context, { roleid, ruleid, permission, ruleorder }) =>
    write(context, async (trx) => {
      const role = await lockCustomRole(context, trx, roleid, 'roleid')
      if ((ruleid === undefined) !== (permission === undefined))
        throw bad('Parameters ruleid and permission come together: give both or neither.')
      if ((ruleorder === undefined) === (ruleid === undefined))
        throw bad('updateRolePermission needs ruleorder, or ruleid with permission: give one of them.')
      await withinPower(context, trx, async () => {
        const known = (await rulesOf(trx, roleid)).map(({ id }) => id)
        if (ruleid !== undefined && permission !== undefined) {
          if (!known.includes(ruleid)) throw notFound('ruleid', 'rule of this role', ruleid)
          await changeRule(trx, ruleid, { permission })
        }
        if (ruleorder !== undefined) {
          if (ruleorder.length !== known.length || !known.every((id) => ruleorder.includes(id)))
            throw bad(`Parameter ruleorder: name each of the ${known.length} rules of the role once.`)
          await orderRules(trx, roleid, ruleorder)
        }
        return role
      })
    }),
})
