import { findTraffic, type Traffic } from '../../model/traffic.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { visibleOwners } from '../owner.ts'
import { listed, pageOf, paging } from '../paging.ts'
import * as p from '../parameter.ts'
import { defineResponse, type Presented } from '../response.ts'

const trafficResponse = defineResponse('networktraffic', {
  type: ['string', 'Guest: of a nic; PublicIp: of a public address.'],
  ipaddress: ['string', 'Its address.'],
  nicid: ['string', 'Of type Guest: the nic.'],
  virtualmachineid: ['string', 'Of type Guest: the guest.'],
  virtualmachinename: ['string', 'Its host name.'],
  ipaddressid: ['string', 'Of type PublicIp: the public address.'],
  networkid: ['string', 'The network.'],
  networkname: ['string', "The network's name."],
  vpcid: ['string', 'The VPC, of an address that is its own.'],
  vpcname: ['string', "The VPC's name."],
  receivedbytes: ['long', 'Bytes that came to it through its router.'],
  receivedpackets: ['long', 'Packets that came to it.'],
  sentbytes: ['long', 'Bytes that it sent through its router.'],
  sentpackets: ['long', 'Packets that it sent.'],
  created: ['date', 'Since when it is counted.'],
  updated: ['date', 'When it was last read.'],
})

const present = (row: Traffic): Presented<typeof trafficResponse.fields> => ({
  type: row.kind,
  ipaddress: row.address,
  nicid: row.kind === 'Guest' ? row.subject : null,
  virtualmachineid: row.guest,
  virtualmachinename: row.guestname,
  ipaddressid: row.kind === 'PublicIp' ? row.subject : null,
  networkid: row.network,
  networkname: row.networkname,
  vpcid: row.vpc,
  vpcname: row.vpcname,
  receivedbytes: Number(row.received_bytes),
  receivedpackets: Number(row.received_packets),
  sentbytes: Number(row.sent_bytes),
  sentpackets: Number(row.sent_packets),
  created: row.created,
  updated: row.updated,
})

export const listNetworkTraffic = defineCommand({
  name: 'listNetworkTraffic',
  authorized: everyone,
  description:
    'Lists what guests and public addresses of the caller sent and got through their routers; sums never shrink.',
  params: {
    type: p.choice('Only of this type.', ['Guest', 'PublicIp']),
    networkid: p.uuid('Only of this network.'),
    vpcid: p.uuid('Only of this VPC and its tiers.'),
    virtualmachineid: p.uuid('Only of this guest.'),
    ipaddressid: p.uuid('Only of this public address.'),
    keyword: p.text('Part of the address.'),
    ...paging,
  },
  answer: 'list',
  response: trafficResponse,
  run: async (context, params) => {
    const accounts = await visibleOwners(context)
    const { type: kind, networkid: network, vpcid: vpc, virtualmachineid: guest, ipaddressid: publicIp } = params
    const filter = { accounts, kind, network, vpc, guest, publicIp, keyword: params.keyword }
    return listed(await findTraffic(context.db, filter, pageOf(params)), present)
  },
})
