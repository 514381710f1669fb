import { findAclLists } from '../../model/acl.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { aclListResponse, presentAclList } from './response.ts'

export const listNetworkACLLists = defineCommand({
  name: 'listNetworkACLLists',
  authorized: everyone,
  description: 'Lists network ACL lists.',
  params: {
    id: p.uuid('Only the list of this id.'),
    name: p.text('Only lists of this name.'),
    vpcid: p.uuid('Only lists that tiers of this VPC can have: its own and the default ones.'),
    networkid: p.uuid('Only the list of this tier.'),
    fordisplay: p.boolean('Accepted for clients that send it; every list is shown.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: aclListResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const { id, name, vpcid: vpc, networkid: network, keyword } = params
    const filter = { accounts, id, name, vpc, network, keyword }
    return listed(await findAclLists(context.db, filter, pageOf(params)), presentAclList)
  },
})
