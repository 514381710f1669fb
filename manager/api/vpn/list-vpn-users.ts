import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const listVpnUsers = defineCommand({
  name: 'listVpnUsers',
  authorized: everyone,
  description: 'Lists users of remote access; there are none yet.',
  params: {
    id: p.plainUuid('Only the one of this id.'),
    username: p.text('Only the user of this name.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('vpnuser', {
    id: ['string', 'Its id.'],
    username: ['string', "The user's name."],
    account: ['string', 'The owning account.'],
    domainid: ['string', "The owner's domain."],
    domain: ['string', "Name of the owner's domain."],
    domainpath: ['string', "Path of the owner's domain."],
    projectid: ['string', 'The project that owns it, instead of an account.'],
    project: ['string', "That project's name."],
    state: ['string', 'Its state.'],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    refuseNamed('id', 'user', params.id)
    return { count: 0, items: [] }
  },
})
