import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, ownerShown } from '../response.ts'

export const listRemoteAccessVpns = defineCommand({
  name: 'listRemoteAccessVpns',
  authorized: everyone,
  description: 'Lists remote access to networks; there are none yet.',
  params: {
    fordisplay: p.boolean('Accepted for clients that send it; all are shown.'),
    id: p.plainUuid('Only the one of this id.'),
    networkid: p.uuid('Only those of this network.'),
    publicipid: p.uuid('Only those on this public address.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('remoteaccessvpn', {
    publicipid: ['string', "That address's id."],
    publicip: ['string', 'Its public address.'],
    iprange: ['string', 'Addresses that its users get.'],
    presharedkey: ['string', 'The key that its users know.'],
    ...ownerShown,
    state: ['string', 'Its state.'],
    id: ['string', 'Its id.'],
    fordisplay: ['boolean', 'Whether it is shown to its owner.'],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    refuseNamed('id', 'remote access', params.id)
    return { count: 0, items: [] }
  },
})
