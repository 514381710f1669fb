import { findRoles } from '../../model/role.ts'
import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { roleType } from './params.ts'
import { presentRole, roleResponse } from './response.ts'

export const listRoles = defineCommand({
  name: 'listRoles',
  authorized: domainAdmins,
  since: '4.9.0',
  description: 'Lists roles; to who is no root administrator the public ones that are none either.',
  params: {
    id: p.uuid('Only the role of this id.'),
    name: p.text('Only the role of this name.'),
    type: roleType('Only roles of this kind.'),
    state: p.choice('Only roles in this state.', ['enabled', 'disabled']),
    ...search,
  },
  answer: 'list',
  response: roleResponse,
  run: async ({ db, caller }, params) =>
    listed(await findRoles(db, { ...params, modest: caller.roletype !== 'Admin' }, pageOf(params)), presentRole),
})
