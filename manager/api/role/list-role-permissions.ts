import { findRole, findRoles, rulesOf } from '../../model/role.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { presentRule, ruleResponse } from './response.ts'

const ALL = { limit: 10_000, offset: 0 }

export const listRolePermissions = defineCommand({
  name: 'listRolePermissions',
  authorized: admins,
  since: '4.9.0',
  description:
    'Lists the rules of a role, or of all, in the order in which they are asked; the standard roles have none.',
  params: { roleid: p.uuid('The role.') },
  answer: 'list',
  response: ruleResponse,
  run: async ({ db }, { roleid }) => {
    const roles =
      roleid === undefined
        ? (await findRoles(db, { modest: false }, ALL)).rows
        : [found(await findRole(db, roleid), 'roleid', 'role', roleid)]
    const items = (
      await Promise.all(roles.map(async (role) => (await rulesOf(db, role.id)).map(presentRule(role))))
    ).flat()
    return { count: items.length, items }
  },
})
