import { findNetworks } from '../../model/network.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { ownerFilter, ownersIn, ownersOf } from '../owner.ts'
import { counting, listedReady, pageOf, search, tagsFilter } from '../paging.ts'
import * as p from '../parameter.ts'
import { knownServices } from '../provider/services.ts'
import { networkResponse, presentNetwork } from './response.ts'

/** `5001` or `vxlan://5001`; what is no number is no network's. */
const vniOf = (vlan: string): number => Number(/^(?:vxlan:\/\/)?(\d{1,8})$/i.exec(vlan)?.[1] ?? -1)

export const listNetworks = defineCommand({
  name: 'listNetworks',
  authorized: everyone,
  description: 'Lists guest networks.',
  params: {
    id: p.uuid('Only the network of this id.'),
    name: p.text('Only networks of this name.'),
    zoneid: p.uuid('Only networks of this zone.'),
    physicalnetworkid: p.uuid('Only networks on this physical network.'),
    networkofferingid: p.uuid('Only networks of this offering.'),
    type: p.choice('Only networks of this type.', ['Isolated', 'Shared', 'L2']),
    traffictype: p.choice('Only networks of this traffic.', ['Guest', 'Public', 'Management', 'Storage', 'Control']),
    acltype: p.choice('Only networks used by these.', ['Account', 'Domain']),
    networkfilter: p.choice('Whose networks.', ['Account', 'Domain', 'AccountDomain', 'Shared', 'All']),
    issystem: p.boolean('Only networks for system VMs, or only others.'),
    vpcid: p.uuid('Only tiers of this VPC.'),
    forvpc: p.boolean('Only tiers of VPCs, or only others.'),
    canusefordeploy: p.boolean('Only networks that guests can be put on, or only others.'),
    restartrequired: p.boolean('Only networks with a restart under way, or only others.'),
    specifyipranges: p.boolean('Only networks that name their addresses, or only others.'),
    vlan: p.text('Only the network with this identifier.', 20),
    displaynetwork: p.boolean('Accepted for clients that send it; every network is shown.'),
    showicon: p.boolean('Accepted for clients that send it; networks have no icon.'),
    supportedservices: p.allOf('Only networks whose offering has all these services.', knownServices),
    associatednetworkid: p.uuid('Only networks that go out through this one: none does.'),
    ...ownerFilter,
    ...search,
    ...tagsFilter,
    ...counting,
  },
  answer: 'list',
  response: networkResponse,
  run: async (context, params) => {
    const none =
      params.type === 'Shared' ||
      (params.traffictype ?? 'Guest') !== 'Guest' ||
      params.acltype === 'Domain' ||
      params.networkfilter === 'Shared' ||
      params.networkfilter === 'Domain' ||
      params.issystem ||
      params.specifyipranges ||
      params.associatednetworkid !== undefined ||
      params.canusefordeploy === false
    if (none) return { count: 0, items: [] }
    const filter = {
      ...params,
      accounts: await ownersOf(context, params),
      zone: params.zoneid,
      physicalNetwork: params.physicalnetworkid,
      offering: params.networkofferingid,
      services: params.supportedservices,
      vni: params.vlan === undefined ? undefined : vniOf(params.vlan),
      restartRequired: params.restartrequired,
      vpc: params.vpcid,
    }
    const networks = await findNetworks(context.db, filter, pageOf(params))
    return listedReady(networks, presentNetwork(await ownersIn(context.db, networks.rows)))
  },
})
