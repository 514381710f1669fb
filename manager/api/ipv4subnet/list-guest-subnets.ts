import { findGuestSubnets } from '../../model/subnet.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { guestSubnetResponse, presentGuestSubnet } from './response.ts'

export const listIpv4SubnetsForGuestNetwork = defineCommand({
  name: 'listIpv4SubnetsForGuestNetwork',
  authorized: admins,
  description: 'Lists addresses of routed networks, those that wait for a network included.',
  since: '4.20.0',
  params: {
    id: p.uuid('Only the subnet of this id.'),
    parentid: p.uuid("Only those of this zone's subnet."),
    zoneid: p.uuid('Only those of this zone.'),
    networkid: p.uuid('Only that of this network.'),
    subnet: p.cidr('Only this one.'),
    keyword: p.text('Part of the addresses.'),
    ...paging,
  },
  unsupported: ['vpcid'],
  answer: 'list',
  response: guestSubnetResponse,
  run: async ({ db }, params) => {
    const filter = { ...params, parent: params.parentid, zone: params.zoneid, network: params.networkid }
    return listed(await findGuestSubnets(db, filter, pageOf(params)), presentGuestSubnet)
  },
})
