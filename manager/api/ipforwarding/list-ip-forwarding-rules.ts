import { findForwardingRules } from '../../model/nat.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { ipForwardingResponse, presentForwarding } from '../portforwarding/response.ts'

export const listIpForwardingRules = defineCommand({
  name: 'listIpForwardingRules',
  authorized: everyone,
  description: 'Lists what is let in to guests that public addresses stand for.',
  params: {
    id: p.uuid('Only the rule of this id.'),
    ipaddressid: p.uuid('Only rules of this public address.'),
    virtualmachineid: p.uuid('Only rules of this guest.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: ipForwardingResponse,
  run: async (context, params) => {
    const accounts = await ownersOf(context, params)
    const { id, ipaddressid: publicIp, virtualmachineid: guest, keyword } = params
    const filter = { accounts, id, publicIp, guest, keyword }
    return listed(await findForwardingRules(context.db, 'StaticNat', filter, pageOf(params)), presentForwarding)
  },
})
