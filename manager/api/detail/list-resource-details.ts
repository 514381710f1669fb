import { findDetails } from '../../model/tag.ts'
import { seesAll } from '../access.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, tagFields } from '../response.ts'
import { resourceType } from '../tag/things.ts'
import { presentTag } from '../tags.ts'

export const listResourceDetails = defineCommand({
  name: 'listResourceDetails',
  authorized: everyone,
  description: 'Lists what was said of things by addResourceDetail.',
  since: '4.2',
  params: {
    resourcetype: p.required(resourceType('Of things of this kind.')),
    resourceid: p.idText('Only of this thing.'),
    key: p.name('Only under this key.'),
    value: p.name('Only of this value.'),
    fordisplay: p.boolean('Only what users are shown, or only the rest, which administrators alone see.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('resourcedetail', tagFields),
  run: async (context, params) => {
    const filter = {
      ...params,
      accounts: await ownersOf(context, params),
      kind: params.resourcetype,
      resource: params.resourceid,
      display: seesAll(context.caller) ? params.fordisplay : true,
    }
    if (!seesAll(context.caller) && params.fordisplay === false) return { count: 0, items: [] }
    const found = await findDetails(context.db, filter, pageOf(params))
    const owners = await ownersIn(context.db, found.rows)
    return listed(found, (detail) => presentTag(detail, owners(detail.account)))
  },
})
