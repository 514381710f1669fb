import { findProviders } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentProvider, providerResponse } from './response.ts'

export const listNetworkServiceProviders = defineCommand({
  name: 'listNetworkServiceProviders',
  authorized: admins,
  description: 'Lists who serves guest networks on physical networks.',
  since: '3.0.0',
  params: {
    name: p.text('Only providers of this name.'),
    physicalnetworkid: p.uuid('Only those of this physical network.'),
    state: p.choice('Only those in this state.', ['Enabled', 'Disabled']),
    ...search,
  },
  answer: 'list',
  response: providerResponse,
  run: async ({ db }, params) => {
    const filter = { ...params, physicalNetwork: params.physicalnetworkid }
    return listed(await findProviders(db, filter, pageOf(params)), presentProvider)
  },
})
