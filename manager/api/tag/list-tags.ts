import { findTags } from '../../model/tag.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, tagFields } from '../response.ts'
import { presentTag } from '../tags.ts'
import { resourceType } from './things.ts'

export const listTags = defineCommand({
  name: 'listTags',
  authorized: everyone,
  description: 'Lists tags of things.',
  since: '4.0.0',
  params: {
    resourceid: p.idText('Only tags of this thing.'),
    resourcetype: resourceType('Only tags of things of this kind.'),
    key: p.name('Only tags of this key.'),
    value: p.name('Only tags of this value.'),
    customer: p.name('Only tags for this customer.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('tag', tagFields),
  run: async (context, params) => {
    const filter = {
      ...params,
      accounts: await ownersOf(context, params),
      kind: params.resourcetype,
      resource: params.resourceid,
    }
    const found = await findTags(context.db, filter, pageOf(params))
    const owners = await ownersIn(context.db, found.rows)
    return listed(found, (tag) => presentTag(tag, owners(tag.account)))
  },
})
