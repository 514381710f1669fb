import { findZones } from '../../model/zone.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentZone, zoneResponse } from './response.ts'

export const listZones = defineCommand({
  name: 'listZones',
  authorized: everyone,
  description: 'Lists zones.',
  params: {
    id: p.uuid('Only the zone of this id.'),
    ids: p.anyOf('Only the zones of these ids.'),
    name: p.text('Only the zone of this name.'),
    networktype: p.choice('Only zones of this type.', ['Advanced', 'Basic']),
    available: p.boolean('True: only zones in which new things may be placed.'),
    showicon: p.boolean('Accepted for clients that send it; zones have no icon.'),
    ...search,
    ...tagsFilter,
  },
  unsupported: ['domainid', 'showcapacities', 'storageaccessgroup'],
  answer: 'list',
  response: zoneResponse,
  run: async ({ db }, params) => {
    if (params.networktype === 'Basic') return { count: 0, items: [] }
    const ids = params.id === undefined ? params.ids : [params.id]
    return listed(await findZones(db, { ...params, ids }, pageOf(params)), presentZone)
  },
})
