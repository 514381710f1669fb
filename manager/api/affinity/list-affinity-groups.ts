import { findAffinityGroups } from '../../model/affinity.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFields, ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { affinityGroupResponse, presentAffinityGroup } from './response.ts'

export const listAffinityGroups = defineCommand({
  name: 'listAffinityGroups',
  authorized: everyone,
  description: 'Lists affinity groups.',
  params: {
    id: p.uuid('Only the group of this id.'),
    name: p.text('Only groups of this name.'),
    type: p.text('Only groups of this type.'),
    virtualmachineid: p.uuid('Only groups of this guest.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: affinityGroupResponse,
  run: async (context, params) => {
    const filter = { ...params, guest: params.virtualmachineid, accounts: await ownersOf(context, params) }
    const groups = await findAffinityGroups(context.db, filter, pageOf(params))
    const owners = await ownerFields(
      context.db,
      groups.rows.map(({ account }) => account),
    )
    return listed(groups, (row) => presentAffinityGroup(row, owners(row.account)))
  },
})
