import { findBgpPeers } from '../../model/bgppeer.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { owner } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { dedicatedTo } from '../publicip/dedication.ts'
import { asn } from './parameters.ts'
import { bgpPeerResponse, presentBgpPeer } from './response.ts'

export const listBgpPeers = defineCommand({
  name: 'listBgpPeers',
  authorized: admins,
  description: 'Lists BGP peers; passwords are not shown.',
  since: '4.20.0',
  params: {
    id: p.uuid('Only the peer of this id.'),
    zoneid: p.uuid('Only those of this zone.'),
    asnumber: asn('Only those of this autonomous system.'),
    isdedicated: p.boolean('True: only those for networks that name them; false: only the others.'),
    keyword: p.text('Part of an address.'),
    ...owner,
    ...paging,
  },
  answer: 'list',
  response: bgpPeerResponse,
  run: async (context, params) => {
    const { account, domainid, projectid, ...rest } = params
    const whose = await dedicatedTo(context, { account, domainid, projectid })
    const filter = { ...rest, ...whose, zone: params.zoneid, dedicated: params.isdedicated }
    return listed(await findBgpPeers(context.db, filter, pageOf(params)), presentBgpPeer)
  },
})
