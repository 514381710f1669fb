import { findPublicIps, publicIpStates } from '../../model/publicip.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { asksForNone, noneFilters } from '../none.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { counting, listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentPublicIp, publicIpResponse } from './response.ts'

export const listPublicIpAddresses = defineCommand({
  name: 'listPublicIpAddresses',
  authorized: everyone,
  description: 'Lists public addresses; unless allocatedonly is false only those that are taken or reserved.',
  params: {
    id: p.uuid('Only the address of this id.'),
    ipaddress: p.ipv4('Only this address.'),
    zoneid: p.uuid('Only addresses of this zone.'),
    vlanid: p.uuid('Only addresses of this range.'),
    physicalnetworkid: p.uuid('Only addresses of this physical network.'),
    associatednetworkid: p.uuid('Only addresses that this network has, or that lead to this tier alone.'),
    vpcid: p.uuid('Only addresses that this VPC has.'),
    issourcenat: p.boolean('Only addresses by which networks go out, or only others.'),
    isstaticnat: p.boolean('Only addresses that stand for one guest, or only others.'),
    forloadbalancing: p.boolean('Only addresses that load balancers listen on, or only others.'),
    allocatedonly: p.boolean('False: free addresses too. Default true.'),
    state: p.choice('Only addresses in this state.', publicIpStates),
    forvirtualnetwork: p.boolean('Only addresses for networks behind routers, or only others.'),
    fordisplay: p.boolean('Accepted for clients that send it; every address is shown.'),
    forprovider: noneFilters.forprovider,
    forsystemvms: p.boolean('True: only addresses that are kept for system VMs: none is.'),
    networkid: p.uuid('Only addresses that come from this network: those of guests have none.'),
    ...ownerFilter,
    ...search,
    ...tagsFilter,
    ...counting,
  },
  answer: 'list',
  response: publicIpResponse,
  run: async (context, params) => {
    const none = params.forvirtualnetwork === false || params.forsystemvms || params.networkid !== undefined
    if (none || asksForNone(params)) return { count: 0, items: [] }
    const accounts = await ownersOf(context, params)
    const found = await findPublicIps(
      context.db,
      {
        accounts,
        free: true,
        id: params.id,
        address: params.ipaddress,
        keyword: params.keyword,
        zone: params.zoneid,
        range: params.vlanid,
        physicalNetwork: params.physicalnetworkid,
        network: params.associatednetworkid,
        vpc: params.vpcid,
        sourceNat: params.issourcenat,
        staticNat: params.isstaticnat,
        balancing: params.forloadbalancing,
        taken: params.state === undefined && params.allocatedonly !== false,
        state: params.state,
      },
      pageOf(params),
    )
    return listed(found, presentPublicIp(await ownersIn(context.db, found.rows)))
  },
})
