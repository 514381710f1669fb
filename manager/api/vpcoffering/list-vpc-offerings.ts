import { findVpcOfferings } from '../../model/vpcoffering.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { knownServices } from '../provider/services.ts'
import { presentVpcOffering, vpcOfferingResponse } from './response.ts'

export const listVPCOfferings = defineCommand({
  name: 'listVPCOfferings',
  authorized: everyone,
  description: 'Lists kinds of VPCs.',
  params: {
    id: p.uuid('Only the offering of this id.'),
    name: p.text('Only offerings of this name.'),
    displaytext: p.text('Only offerings with this text.'),
    state: p.choice('Only offerings in this state.', ['Enabled', 'Disabled']),
    isdefault: p.boolean('Only offerings that came with the manager, or only others.'),
    supportedservices: p.allOf('Only offerings with all these services.', knownServices),
    zoneid: p.uuid('Accepted for clients that send it; every zone has every offering.'),
    domainid: p.uuid('Only offerings that this domain may use: all are for everybody.'),
    ...search,
  },
  answer: 'list',
  response: vpcOfferingResponse,
  run: async ({ db }, params) => {
    const services = params.supportedservices
    return listed(await findVpcOfferings(db, { ...params, services }, pageOf(params)), presentVpcOffering)
  },
})
