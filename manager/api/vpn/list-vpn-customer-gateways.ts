import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { refuseNamed } from '../nothing.ts'
import { ownerFilter, ownersOf } from '../owner.ts'
import { pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, ownerShown } from '../response.ts'

export const listVpnCustomerGateways = defineCommand({
  name: 'listVpnCustomerGateways',
  authorized: everyone,
  description: 'Lists gateways of peers; there are none yet.',
  params: {
    id: p.plainUuid('Only the one of this id.'),
    ...ownerFilter,
    ...search,
  },
  answer: 'list',
  response: defineResponse('vpncustomergateway', {
    id: ['string', 'Its id.'],
    name: ['string', 'Its name.'],
    gateway: ['string', "The peer's address."],
    ipaddress: ['string', "The peer's address."],
    cidrlist: ['string', 'Networks behind the gateway, with commas.'],
    ipsecpsk: ['string', 'The key that both peers know.'],
    ikepolicy: ['string', 'Ciphers of the peers.'],
    esppolicy: ['string', 'Ciphers of traffic.'],
    ikelifetime: ['long', 'Seconds after which keys of the peers are made anew.'],
    esplifetime: ['long', 'Seconds after which keys of traffic are made anew.'],
    dpd: ['boolean', 'Whether a dead peer is noticed.'],
    forceencap: ['boolean', 'Whether packets go in UDP in any case.'],
    ...ownerShown,
    removed: ['date', 'When it was removed.'],
    splitconnections: ['boolean', 'Whether each network behind the peer has a connection of its own.'],
    ikeversion: ['string', 'Version of IKE.'],
  }),
  run: async (context, params) => {
    await ownersOf(context, params)
    pageOf(params)
    refuseNamed('id', 'gateway', params.id)
    return { count: 0, items: [] }
  },
})
