import { findTrafficTypes } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentTrafficType, trafficTypeResponse } from './response.ts'

export const listTrafficTypes = defineCommand({
  name: 'listTrafficTypes',
  authorized: admins,
  description: 'Lists the types of traffic that a physical network carries.',
  since: '3.0.0',
  params: { physicalnetworkid: p.required(p.uuid('The physical network.')), ...search },
  answer: 'list',
  response: trafficTypeResponse,
  run: async ({ db }, params) =>
    listed(await findTrafficTypes(db, params.physicalnetworkid, params.keyword, pageOf(params)), presentTrafficType),
})
