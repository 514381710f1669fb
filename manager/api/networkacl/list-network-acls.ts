import { findAclItems } from '../../model/acl.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { protocol } from './parameters.ts'
import { aclItemResponse, presentAclItem } from './response.ts'

export const listNetworkACLs = defineCommand({
  name: 'listNetworkACLs',
  authorized: everyone,
  description: 'Lists items of network ACL lists, each list in its order.',
  params: {
    id: p.uuid('Only the item of this id.'),
    aclid: p.uuid('Only items of this list.'),
    networkid: p.uuid("Only items of this tier's list."),
    traffictype: p.choice('Only items of this direction.', ['Ingress', 'Egress']),
    action: p.choice('Only items that do this.', ['Allow', 'Deny']),
    protocol: protocol('Only items of this protocol.'),
    fordisplay: p.boolean('Accepted for clients that send it; every item is shown.'),
    ...ownerFilter,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response: aclItemResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const { id, aclid: list, networkid: network, traffictype, action, protocol: of, keyword } = params
    const filter = { accounts, id, list, network, traffictype, action, protocol: of, keyword }
    return listed(await findAclItems(context.db, filter, pageOf(params)), presentAclItem)
  },
})
