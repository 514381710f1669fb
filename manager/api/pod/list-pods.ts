import { findPods } from '../../model/pod.ts'
import { admins } from '../authorized.ts'
import { capacitiesOf } from '../capacity/shown.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters } from '../none.ts'
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
    showcapacities: p.boolean('True: with what they have and what of it is used.'),
    storageaccessgroup: noneFilters.storageaccessgroup,
    ...search,
  },
  answer: 'list',
  response: podResponse,
  run: async (context, params) => {
    if (asksForNone(params)) return { count: 0, items: [] }
    const [capacity, pods] = await Promise.all([
      capacitiesOf(context, 'pod', params.showcapacities),
      findPods(context.db, { ...params, zone: params.zoneid }, pageOf(params)),
    ])
    return listed(pods, (pod) => ({ ...presentPod(pod), ...capacity(pod.id) }))
  },
})
