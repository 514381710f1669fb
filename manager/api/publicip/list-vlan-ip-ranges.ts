import { findVlanRanges } from '../../model/vlanrange.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { dedicatedTo } from './dedication.ts'
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
    networkid: p.uuid('Only ranges of this network: those of guests have none.'),
    podid: p.uuid('Only ranges of this pod alone: none is.'),
    keyword: p.text('Part of the VLAN or of the first or last address.'),
    account: p.text('Only ranges of this account; needs domainid.'),
    domainid: p.uuid('Domain of account; alone: only its own ranges and those of its accounts.'),
    projectid: p.uuid('Only ranges of this project.'),
    ...paging,
  },
  answer: 'list',
  response: vlanRangeResponse,
  run: async (context, params) => {
    const elsewhere = params.networkid !== undefined || params.podid !== undefined
    if (params.forvirtualnetwork === false || elsewhere) return { count: 0, items: [] }
    const vlan = params.vlan?.toLowerCase().replace(/^vlan:\/\//, '')
    const { id, keyword, zoneid: zone, physicalnetworkid: physicalNetwork } = params
    const whose = await dedicatedTo(context, params)
    const filter = { ...whose, id, keyword, zone, physicalNetwork, vlan }
    return listed(await findVlanRanges(context.db, filter, pageOf(params)), presentVlanRange)
  },
})
