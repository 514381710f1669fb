import { findForwardingRules } from '../../model/nat.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { portForwardingResponse, presentForwarding } from './response.ts'

export const listPortForwardingRules = defineCommand({
  name: 'listPortForwardingRules',
  authorized: everyone,
  description: 'Lists port forwarding rules.',
  params: {
    id: p.uuid('Only the rule of this id.'),
    ipaddressid: p.uuid('Only rules of this public address.'),
    networkid: p.uuid('Only rules to guests of this network.'),
    fordisplay: p.boolean('Accepted for clients that send it; every rule is shown.'),
    ...ownerFilter,
    ...search,
    ...tagsFilter,
  },
  answer: 'list',
  response: portForwardingResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const { id, ipaddressid: publicIp, networkid: network, keyword } = params
    const filter = { accounts, id, publicIp, network, keyword }
    return listed(await findForwardingRules(context.db, 'PortForwarding', filter, pageOf(params)), presentForwarding)
  },
})
