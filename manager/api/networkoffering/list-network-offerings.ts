import { findNetworkOfferings } from '../../model/offering.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters } from '../none.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { knownServices } from '../provider/services.ts'
import { networkOfferingResponse, presentNetworkOffering } from './response.ts'

export const listNetworkOfferings = defineCommand({
  name: 'listNetworkOfferings',
  authorized: everyone,
  description: 'Lists kinds of guest networks.',
  params: {
    id: p.uuid('Only the offering of this id.'),
    name: p.text('Only offerings of this name.'),
    displaytext: p.text('Only offerings with this text.'),
    state: p.choice('Only offerings in this state.', ['Enabled', 'Disabled']),
    isdefault: p.boolean('Only offerings that came with the manager, or only others.'),
    guestiptype: p.choice('Only offerings of this type.', ['Isolated', 'Shared', 'L2']),
    traffictype: p.choice('Only offerings for this traffic.', ['Guest', 'Public', 'Management', 'Storage', 'Control']),
    availability: p.choice('Only offerings of this availability.', ['Optional', 'Required', 'Unavailable']),
    forvpc: p.boolean('Only offerings for tiers of a VPC, or only others.'),
    supportedservices: p.allOf('Only offerings with all these services.', knownServices),
    sourcenatsupported: p.boolean('Only offerings with source NAT, or only others.'),
    specifyvlan: p.boolean('Only offerings whose networks name their VLAN, or only others.'),
    specifyipranges: p.boolean('Only offerings whose networks name their addresses, or only others.'),
    routingmode: p.choice('Only offerings of this routing mode.', ['Static', 'Dynamic']),
    zoneid: p.uuid('Accepted for clients that send it; every zone has every offering.'),
    domainid: p.uuid('Only offerings that this domain may use: all are for everybody.'),
    istagged: noneFilters.istagged,
    tags: p.text('Only offerings with these tags of physical networks: none.'),
    ...search,
  },
  unsupported: ['networkid'],
  answer: 'list',
  response: networkOfferingResponse,
  run: async ({ db }, params) => {
    const none =
      params.guestiptype === 'Shared' ||
      (params.traffictype ?? 'Guest') !== 'Guest' ||
      (params.availability ?? 'Optional') !== 'Optional' ||
      params.specifyvlan ||
      params.specifyipranges ||
      params.tags !== undefined ||
      asksForNone(params)
    if (none) return { count: 0, items: [] }
    const services = params.supportedservices
    return listed(
      await findNetworkOfferings(
        db,
        { ...params, services, sourceNat: params.sourcenatsupported },
        pageOf({ page: params.page, pagesize: params.pagesize }),
      ),
      presentNetworkOffering,
    )
  },
})
