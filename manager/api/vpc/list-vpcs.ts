import { findTiers } from '../../model/network.ts'
import { findVpcs } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { knownServices } from '../provider/services.ts'
import { presentVpc, vpcResponse } from './response.ts'

export const listVPCs = defineCommand({
  name: 'listVPCs',
  authorized: everyone,
  description: 'Lists VPCs with their tiers.',
  params: {
    id: p.uuid('Only the VPC of this id.'),
    name: p.text('Only VPCs of this name.'),
    displaytext: p.text('Only VPCs with this text.'),
    cidr: p.cidr('Only VPCs of this CIDR.'),
    zoneid: p.uuid('Only VPCs of this zone.'),
    vpcofferingid: p.uuid('Only VPCs of this offering.'),
    state: p.choice('Only VPCs in this state.', ['Enabled', 'Inactive']),
    restartrequired: p.boolean('Only VPCs with a restart under way, or only others.'),
    supportedservices: p.allOf('Only VPCs whose offering has all these services.', knownServices),
    fordisplay: p.boolean('Accepted for clients that send it; every VPC is shown.'),
    showicon: p.boolean('Accepted for clients that send it; VPCs have no icon.'),
    ...ownerFilter,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response: vpcResponse,
  run: async (context, params) => {
    const filter = {
      ...params,
      accounts: await ownersOf(context, params),
      zone: params.zoneid,
      offering: params.vpcofferingid,
      restartRequired: params.restartrequired,
      services: params.supportedservices,
    }
    const vpcs = await findVpcs(context.db, filter, pageOf(params))
    const tiers = await findTiers(
      context.db,
      vpcs.rows.map((row) => row.id),
    )
    return listed(vpcs, presentVpc(await ownersIn(context.db, [...vpcs.rows, ...tiers]), tiers))
  },
})
