import { findSecurityGroups, rulesOfGroups } from '../../model/securitygroup.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentSecurityGroup, securityGroupResponse } from './response.ts'

export const listSecurityGroups = defineCommand({
  name: 'listSecurityGroups',
  authorized: everyone,
  description: 'Lists security groups with their rules.',
  params: {
    id: p.uuid('Only the group of this id.'),
    securitygroupname: p.text('Only groups of this name.'),
    virtualmachineid: p.uuid('Only groups of this guest.'),
    ...ownerFilter,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response: securityGroupResponse,
  run: async (context, params) => {
    const { id, keyword, securitygroupname: name, virtualmachineid: guest } = params
    const accounts = await ownersOf(context, params)
    const groups = await findSecurityGroups(context.db, { id, keyword, name, guest, accounts }, pageOf(params))
    const rules = await rulesOfGroups(
      context.db,
      groups.rows.map((row) => row.id),
    )
    return listed(groups, presentSecurityGroup(await ownersIn(context.db, groups.rows), rules))
  },
})
