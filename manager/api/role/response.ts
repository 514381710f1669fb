import type { Role, RolePermission } from '../../model/role.ts'
import { defineResponse, type Fields, type Presented } from '../response.ts'

const fields = {
  id: ['string', "The role's id."],
  name: ['string', 'Its name.'],
  type: ['string', 'Its kind: Admin, ResourceAdmin, DomainAdmin or User.'],
  description: ['string', 'What it is for.'],
  isdefault: ['boolean', 'Whether it is one of the four that cannot change.'],
  ispublic: ['boolean', 'Whether domain administrators see it.'],
  state: ['string', 'enabled or disabled.'],
} as const satisfies Fields

export const roleResponse = defineResponse('role', fields)

export const presentRole = (row: Role): Presented<typeof fields> => ({
  id: row.id,
  name: row.name,
  type: row.type,
  description: row.description,
  isdefault: row.isdefault,
  ispublic: row.ispublic,
  state: row.state,
})

const ruleFields = {
  id: ['string', "The rule's id."],
  roleid: ['string', 'The role.'],
  rolename: ['string', 'Name of the role.'],
  rule: ['string', 'Name of a command; * stands for any text.'],
  permission: ['string', 'allow or deny.'],
  description: ['string', 'What it is for.'],
} as const satisfies Fields

export const ruleResponse = defineResponse('rolepermission', ruleFields)

export const presentRule =
  ({ id: roleid, name: rolename }: Role) =>
  ({ id, rule, permission, description }: RolePermission): Presented<typeof ruleFields> => ({
    id,
    roleid,
    rolename,
    rule,
    permission,
    description,
  })
