import { findProviders } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { checkElement } from './element.ts'
import { elementResponse, presentElement } from './response.ts'

export const listVirtualRouterElements = defineCommand({
  name: 'listVirtualRouterElements',
  authorized: admins,
  description: 'Lists the elements by which virtual routers are turned on.',
  params: {
    id: p.uuid('Only the element of this id.'),
    nspid: p.uuid('Only the element of this provider.'),
    enabled: p.boolean('Only elements that are on, or off.'),
    keyword: p.text("Part of the provider's name."),
    ...paging,
  },
  answer: 'list',
  response: elementResponse,
  run: async ({ db, caller }, params) => {
    await checkElement(db, params.id)
    const names = ['VirtualRouter', 'VpcVirtualRouter'] as const
    const filter = { element: params.id, id: params.nspid, enabled: params.enabled, keyword: params.keyword, names }
    return listed(await findProviders(db, filter, pageOf(params)), presentElement(caller))
  },
})
