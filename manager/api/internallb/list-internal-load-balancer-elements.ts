import { findProviders } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { checkElement } from '../provider/element.ts'
import { internalElementResponse, presentInternalElement } from './element.ts'

export const listInternalLoadBalancerElements = defineCommand({
  name: 'listInternalLoadBalancerElements',
  authorized: admins,
  description: 'Lists the elements by which internal load balancing is turned on: those of the virtual routers.',
  since: '4.2.0',
  params: {
    id: p.uuid('Only the element of this id.'),
    nspid: p.uuid('Only the element of this provider.'),
    enabled: p.boolean('Only elements that are on, or off.'),
    keyword: p.text("Part of the provider's name."),
    ...paging,
  },
  answer: 'list',
  response: internalElementResponse,
  run: async ({ db }, params) => {
    await checkElement(db, params.id)
    const filter = { element: params.id, id: params.nspid, enabled: params.enabled, keyword: params.keyword }
    return listed(await findProviders(db, filter, pageOf(params)), presentInternalElement)
  },
})
