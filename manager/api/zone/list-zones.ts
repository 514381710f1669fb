import { findZones } from '../../model/zone.ts'
import { everyone } from '../authorized.ts'
import { capacitiesOf } from '../capacity/shown.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters } from '../none.ts'
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
    domainid: p.uuid('Only zones that this domain may use: all are for everybody.'),
    showcapacities: p.boolean('True: administrators are told what they have and what of it is used.'),
    storageaccessgroup: noneFilters.storageaccessgroup,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response: zoneResponse,
  run: async (context, params) => {
    if (params.networktype === 'Basic' || asksForNone(params)) return { count: 0, items: [] }
    const ids = params.id === undefined ? params.ids : [params.id]
    const [capacity, zones] = await Promise.all([
      capacitiesOf(context, 'zone', params.showcapacities),
      findZones(context.db, { ...params, ids }, pageOf(params)),
    ])
    return listed(zones, (zone) => ({ ...presentZone(zone), ...capacity(zone.id) }))
  },
})
