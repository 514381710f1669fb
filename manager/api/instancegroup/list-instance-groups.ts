import { findInstanceGroups } from '../../model/instancegroup.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { instanceGroupResponse, presentInstanceGroup } from './response.ts'

export const listInstanceGroups = defineCommand({
  name: 'listInstanceGroups',
  authorized: everyone,
  description: 'Lists groups of guests.',
  params: {
    id: p.uuid('Only the group of this id.'),
    name: p.text('Only groups of this name.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: instanceGroupResponse,
  run: async (context, params) => {
    const { id, name, keyword } = params
    const accounts = await ownersOf(context, params)
    const groups = await findInstanceGroups(context.db, { id, name, keyword, accounts }, pageOf(params))
    return listed(groups, presentInstanceGroup(await ownersIn(context.db, groups.rows)))
  },
})
