import { findPhysicalNetwork, findTrafficTypes } from '../../model/physicalnetwork.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentTrafficType, trafficTypeResponse } from './response.ts'

export const listTrafficTypes = defineCommand({
  name: 'listTrafficTypes',
  description: 'Lists the types of traffic that a physical network carries.',
  since: '3.0.0',
  params: { physicalnetworkid: p.required(p.uuid('The physical network.')), ...paging },
  unsupported: ['keyword'],
  answer: 'list',
  response: trafficTypeResponse,
  run: async ({ db }, params) => {
    const id = params.physicalnetworkid
    found(await findPhysicalNetwork(db, id), 'physicalnetworkid', 'physical network', id)
    return listed(await findTrafficTypes(db, id, pageOf(params)), presentTrafficType)
  },
})
