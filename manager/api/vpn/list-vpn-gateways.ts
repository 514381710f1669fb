import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, ownerShown } from '../response.ts'

export const listVpnGateways = defineCommand({
  name: 'listVpnGateways',
  authorized: everyone,
  description: 'Lists gateways of VPCs to peers; there are none yet.',
  params: {
    fordisplay: p.boolean('Accepted for clients that send it; all are shown.'),
    id: p.plainUuid('Only the one of this id.'),
    vpcid: p.uuid('Only those of this VPC.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('vpngateway', {
    id: ['string', 'Its id.'],
    publicip: ['string', 'Its public address.'],
    vpcid: ['string', 'Its VPC.'],
    vpcname: ['string', "Its VPC's name."],
    ...ownerShown,
    removed: ['date', 'When it was removed.'],
    fordisplay: ['boolean', 'Whether it is shown to its owner.'],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    refuseNamed('id', 'gateway', params.id)
    return { count: 0, items: [] }
  },
})
