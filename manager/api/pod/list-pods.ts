import { findPods } from '../../model/pod.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { podResponse, presentPod } from './response.ts'

export const listPods = defineCommand({
  name: 'listPods',
  authorized: admins,
  description: 'Lists pods.',
  params: {
    id: p.uuid('Only the pod of this id.'),
    name: p.text('Only pods of this name.'),
    zoneid: p.uuid('Only pods of this zone.'),
    allocationstate: p.choice('Only pods in this state.', ['Enabled', 'Disabled']),
    ...search,
  },
  unsupported: ['showcapacities', 'storageaccessgroup'],
  answer: 'list',
  response: podResponse,
  run: async ({ db }, params) =>
    listed(await findPods(db, { ...params, zone: params.zoneid }, pageOf(params)), presentPod),
})
