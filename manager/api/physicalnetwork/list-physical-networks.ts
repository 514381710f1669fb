import { findPhysicalNetworks } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { physicalNetworkResponse, presentPhysicalNetwork } from './response.ts'

export const listPhysicalNetworks = defineCommand({
  name: 'listPhysicalNetworks',
  authorized: admins,
  description: 'Lists physical networks.',
  since: '3.0.0',
  params: {
    id: p.uuid('Only the physical network of this id.'),
    name: p.text('Only physical networks of this name.'),
    zoneid: p.uuid('Only those of this zone.'),
    ...search,
  },
  answer: 'list',
  response: physicalNetworkResponse,
  run: async ({ db }, params) =>
    listed(await findPhysicalNetworks(db, { ...params, zone: params.zoneid }, pageOf(params)), presentPhysicalNetwork),
})
