import { findVlanRanges } from '../../model/publicip.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { checkOwner, owner } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentVlanRange, vlanRangeResponse } from './vlan-response.ts'

export const listVlanIpRanges = defineCommand({
  name: 'listVlanIpRanges',
  authorized: admins,
  description: 'Lists ranges of public addresses.',
  params: {
    id: p.uuid('Only the range of this id.'),
    zoneid: p.uuid('Only ranges of this zone.'),
    physicalnetworkid: p.uuid('Only ranges of this physical network.'),
    vlan: p.text('Only ranges on this VLAN.'),
    forvirtualnetwork: p.boolean('Only ranges for networks behind routers, or only others.'),
    ...owner,
    ...paging,
  },
  unsupported: ['keyword', 'networkid', 'podid'],
  answer: 'list',
  response: vlanRangeResponse,
  run: async (context, params) => {
    checkOwner(context, params)
    if (params.forvirtualnetwork === false) return { count: 0, items: [] }
    const vlan = params.vlan?.toLowerCase().replace(/^vlan:\/\//, '')
    const filter = { id: params.id, zone: params.zoneid, physicalNetwork: params.physicalnetworkid, vlan }
    return listed(await findVlanRanges(context.db, filter, pageOf(params)), presentVlanRange)
  },
})
