import { findZoneSubnets } from '../../model/subnet.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentZoneSubnet, zoneSubnetResponse } from './response.ts'

export const listIpv4SubnetsForZone = defineCommand({
  name: 'listIpv4SubnetsForZone',
  authorized: admins,
  description: 'Lists addresses of zones for routed networks.',
  since: '4.20.0',
  params: {
    id: p.uuid('Only the subnet of this id.'),
    zoneid: p.uuid('Only those of this zone.'),
    subnet: p.cidr('Only this one.'),
    keyword: p.text('Part of the addresses.'),
    ...paging,
  },
  unsupported: ['account', 'domainid', 'projectid'],
  answer: 'list',
  response: zoneSubnetResponse,
  run: async ({ db }, params) =>
    listed(await findZoneSubnets(db, { ...params, zone: params.zoneid }, pageOf(params)), presentZoneSubnet),
})
