import { findIpv6Prefixes } from '../../model/ipv6prefix.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { ipv6PrefixResponse, presentIpv6Prefix } from './response.ts'

export const listGuestNetworkIpv6Prefixes = defineCommand({
  name: 'listGuestNetworkIpv6Prefixes',
  authorized: everyone,
  description: 'Lists IPv6 prefixes for guest networks.',
  since: '4.17.0',
  params: {
    id: p.uuid('Only the prefix of this id.'),
    zoneid: p.uuid('Only prefixes of this zone.'),
    ...search,
  },
  answer: 'list',
  response: ipv6PrefixResponse,
  run: async ({ db }, params) =>
    listed(
      await findIpv6Prefixes(db, { id: params.id, zone: params.zoneid, keyword: params.keyword }, pageOf(params)),
      presentIpv6Prefix,
    ),
})
