import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, ownerShown } from '../response.ts'

export const listVpnConnections = defineCommand({
  name: 'listVpnConnections',
  authorized: everyone,
  description: 'Lists connections between gateways; there are none yet.',
  params: {
    fordisplay: p.boolean('Accepted for clients that send it; all are shown.'),
    id: p.plainUuid('Only the one of this id.'),
    vpcid: p.uuid('Only those of this VPC.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('vpnconnection', {
    id: ['string', 'Its id.'],
    s2svpngatewayid: ['string', 'Its own gateway.'],
    publicip: ['string', 'Its public address.'],
    s2scustomergatewayid: ['string', "The peer's gateway."],
    gateway: ['string', "The peer's address."],
    cidrlist: ['string', 'Networks behind the gateway, with commas.'],
    ipsecpsk: ['string', 'The key that both peers know.'],
    ikepolicy: ['string', 'Ciphers of the peers.'],
    esppolicy: ['string', 'Ciphers of traffic.'],
    ikelifetime: ['long', 'Seconds after which keys of the peers are made anew.'],
    esplifetime: ['long', 'Seconds after which keys of traffic are made anew.'],
    dpd: ['boolean', 'Whether a dead peer is noticed.'],
    forceencap: ['boolean', 'Whether packets go in UDP in any case.'],
    state: ['string', 'Its state.'],
    passive: ['boolean', 'Whether it waits for its peer.'],
    ...ownerShown,
    created: ['date', 'When it was made.'],
    removed: ['date', 'When it was removed.'],
    fordisplay: ['boolean', 'Whether it is shown to its owner.'],
    splitconnections: ['boolean', 'Whether each network behind the peer has a connection of its own.'],
    ikeversion: ['string', 'Version of IKE.'],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    refuseNamed('id', 'connection', params.id)
    return { count: 0, items: [] }
  },
})
