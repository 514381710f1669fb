import { findPublicIps } from '../../model/publicip.ts'
import { ownerOf } from '../caller.ts'
import { defineCommand } from '../command.ts'
import { checkOwner, ownerFilter } from '../owner.ts'
import { listed, pageOf, search } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

const response = defineResponse('publicipaddress', {
  id: ['string', "The address's id."],
  ipaddress: ['string', 'The address.'],
  allocated: ['date', 'When it was taken.'],
  zoneid: ['string', 'Its zone.'],
  zonename: ['string', "Its zone's name."],
  issourcenat: ['boolean', 'Whether its network goes out by it.'],
  isstaticnat: ['boolean', 'Whether it stands for one guest.'],
  issystem: ['boolean', 'Whether it was taken by the manager on its own.'],
  account: ['string', 'The owning account.'],
  domainid: ['string', "The owner's domain."],
  domain: ['string', "Name of the owner's domain."],
  domainpath: ['string', "Path of the owner's domain."],
  forvirtualnetwork: ['boolean', 'True: for networks behind routers.'],
  vlanid: ['string', 'Its range.'],
  vlanname: ['string', 'The VLAN of its range.'],
  associatednetworkid: ['string', 'The network that has it.'],
  associatednetworkname: ['string', 'Name of the network that has it.'],
  state: ['string', 'Allocated or Free.'],
  physicalnetworkid: ['string', 'The physical network that carries it.'],
  purpose: ['string', 'SourceNat, or absent.'],
  isportable: ['boolean', 'Whether it may move between zones.'],
  fordisplay: ['boolean', 'Always true.'],
  forsystemvms: ['boolean', 'Whether it is kept for system VMs.'],
})

export const listPublicIpAddresses = defineCommand({
  name: 'listPublicIpAddresses',
  description: 'Lists public addresses; unless allocatedonly is false only those that networks have.',
  params: {
    id: p.uuid('Only the address of this id.'),
    ipaddress: p.ipv4('Only this address.'),
    zoneid: p.uuid('Only addresses of this zone.'),
    vlanid: p.uuid('Only addresses of this range.'),
    physicalnetworkid: p.uuid('Only addresses of this physical network.'),
    associatednetworkid: p.uuid('Only addresses that this network has.'),
    issourcenat: p.boolean('Only addresses by which networks go out, or only others.'),
    isstaticnat: p.boolean('Only addresses that stand for one guest, or only others.'),
    allocatedonly: p.boolean('False: free addresses too. Default true.'),
    state: p.choice('Only addresses in this state.', ['Allocated', 'Free']),
    forvirtualnetwork: p.boolean('Only addresses for networks behind routers, or only others.'),
    fordisplay: p.boolean('Accepted for clients that send it; every address is shown.'),
    ...ownerFilter,
    ...search,
  },
  unsupported: [
    'forloadbalancing',
    'forprovider',
    'forsystemvms',
    'networkid',
    'projectid',
    'retrieveonlyresourcecount',
    'tags',
    'vpcid',
  ],
  answer: 'list',
  response,
  run: async (context, params) => {
    checkOwner(context, params)
    if (params.isstaticnat || params.forvirtualnetwork === false) return { count: 0, items: [] }
    const state = params.state ?? (params.allocatedonly === false ? undefined : 'Allocated')
    const found = await findPublicIps(
      context.db,
      {
        id: params.id,
        address: params.ipaddress,
        keyword: params.keyword,
        zone: params.zoneid,
        range: params.vlanid,
        physicalNetwork: params.physicalnetworkid,
        network: params.associatednetworkid,
        sourceNat: params.issourcenat,
        state,
      },
      pageOf(params),
    )
    return listed(found, (row) => ({
      id: row.id,
      ipaddress: row.address,
      allocated: row.allocated,
      zoneid: row.zone,
      zonename: row.zonename,
      issourcenat: row.is_source_nat,
      isstaticnat: false,
      issystem: false,
      ...(row.network === null ? {} : ownerOf(context.caller)),
      forvirtualnetwork: true,
      vlanid: row.range,
      vlanname: `vlan://${row.vlan}`,
      associatednetworkid: row.network,
      associatednetworkname: row.networkname,
      state: row.network === null ? 'Free' : 'Allocated',
      physicalnetworkid: row.physical_network,
      purpose: row.is_source_nat ? 'SourceNat' : null,
      isportable: false,
      fordisplay: true,
      forsystemvms: false,
    }))
  },
})
