import { findVpnUsers } from '../../model/vpnuser.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { presentVpnUsers, vpnUserResponse } from './response.ts'

export const listVpnUsers = defineCommand({
  name: 'listVpnUsers',
  authorized: everyone,
  description: 'Lists users of remote access VPNs.',
  params: {
    id: p.uuid('Only the user of this id.'),
    username: p.text('Only the user of this name.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: vpnUserResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const { id, username, keyword } = params
    const found = await findVpnUsers(context.db, { accounts, id, username, keyword }, pageOf(params))
    return listed(found, await presentVpnUsers(context, found.rows))
  },
})
