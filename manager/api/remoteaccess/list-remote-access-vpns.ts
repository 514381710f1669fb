import { findRemoteAccessVpns } from '../../model/remoteaccess.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentRemoteAccessVpns, remoteAccessVpnResponse } from './response.ts'

export const listRemoteAccessVpns = defineCommand({
  name: 'listRemoteAccessVpns',
  authorized: everyone,
  description: 'Lists remote access VPNs, with what their clients must trust.',
  params: {
    fordisplay: p.forAdmins(p.boolean('Only those that are shown to their owners, or only others.')),
    id: p.uuid('Only the one of this id.'),
    networkid: p.uuid('Only that of this isolated network.'),
    publicipid: p.uuid('Only that of this public address.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: remoteAccessVpnResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const { id, networkid: network, publicipid: publicIp, fordisplay, keyword } = params
    const filter = { accounts, id, network, publicIp, fordisplay, keyword }
    const found = await findRemoteAccessVpns(context.db, filter, pageOf(params))
    return listed(found, await presentRemoteAccessVpns(context, found.rows))
  },
})
