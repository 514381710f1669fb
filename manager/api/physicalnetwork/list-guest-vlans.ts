import { findGuestVlans } from '../../model/guestvlan.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const listGuestVlans = defineCommand({
  name: 'listGuestVlans',
  authorized: admins,
  description: 'Lists the identifiers of guest networks, and which network has each.',
  since: '4.17.0',
  params: {
    zoneid: p.uuid('Only those of this zone.'),
    physicalnetworkid: p.uuid('Only those of this physical network.'),
    vnet: p.text('Only this identifier.'),
    allocatedonly: p.boolean('Only those that a network has.'),
    keyword: p.text('Part of the identifier.'),
    ...paging,
  },
  unsupported: ['id'],
  answer: 'list',
  response: defineResponse('guestvlan', {
    vlan: ['string', 'The identifier.'],
    zoneid: ['string', 'Its zone.'],
    zonename: ['string', "Its zone's name."],
    physicalnetworkid: ['string', 'The physical network whose range it is of.'],
    physicalnetworkname: ['string', "That physical network's name."],
    isdedicated: ['boolean', 'Whether it is kept for one account.'],
    allocationstate: ['string', 'Allocated or Free.'],
    taken: ['date', 'When the network that has it was made.'],
    network: ['list', 'The network that has it.', { id: ['string', 'Its id.'], name: ['string', 'Its name.'] }],
  }),
  run: async ({ db }, params) => {
    const { vnet, keyword, allocatedonly: allocated } = params
    const filter = { zone: params.zoneid, physicalNetwork: params.physicalnetworkid, vnet, keyword, allocated }
    const { count, rows } = await findGuestVlans(db, filter, pageOf(params))
    const items = rows.map((row) => ({
      vlan: String(row.vni),
      zoneid: row.zone,
      zonename: row.zonename,
      physicalnetworkid: row.physical_network,
      physicalnetworkname: row.physicalname,
      isdedicated: false,
      allocationstate: row.network === null ? 'Free' : 'Allocated',
      taken: row.taken,
      network: row.network === null ? [] : [{ id: row.network, name: row.networkname }],
    }))
    return { count, items }
  },
})
