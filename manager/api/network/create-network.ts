import { SysvmError } from '@sysvm/errors'
import { findNetwork, guestNetworkOf, insertNetwork } from '../../model/network.ts'
import { findNetworkOffering } from '../../model/offering.ts'
import { lockZone } from '../../model/zone.ts'
import { defineCommand } from '../command.ts'
import { setting } from '../configuration/settings.ts'
import { found } from '../found.ts'
import { checkOwner, owner } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { networkAddress } from './address.ts'
import { refuseOverlap } from './overlap.ts'
import { networkResponse, presentNetwork } from './response.ts'

export const createNetwork = defineCommand({
  name: 'createNetwork',
  description: 'Creates a guest network; its router comes with the first guest.',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    networkofferingid: p.required(p.uuid('The offering, which must be enabled.')),
    name: p.required(p.name('Name.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    gateway: p.ipv4("The router's address; needs netmask. Default: the first one of the zone's guest CIDR."),
    netmask: p.netmask('Netmask; needs gateway.'),
    networkdomain: p.domainName("DNS domain of its guests; default: the zone's."),
    physicalnetworkid: p.uuid('The physical network that carries it; default: the one of the zone with Guest traffic.'),
    acltype: p.choice('Who uses it.', ['Account']),
    displaynetwork: p.only('Whether it is shown.', true),
    ...owner,
  },
  unsupported: [
    'aclid',
    'asnumber',
    'associatednetworkid',
    'bgppeerids',
    'bypassvlanoverlapcheck',
    'cidrsize',
    'dns1',
    'dns2',
    'endip',
    'endipv6',
    'externalid',
    'hideipaddressusage',
    'ip6cidr',
    'ip6dns1',
    'ip6dns2',
    'ip6gateway',
    'isolatedpvlan',
    'isolatedpvlantype',
    'privatemtu',
    'projectid',
    'publicmtu',
    'routerip',
    'routeripv6',
    'sourcenatipaddress',
    'startip',
    'startipv6',
    'subdomainaccess',
    'tungstenvirtualrouteruuid',
    'vlan',
    'vpcid',
  ],
  answer: 'object',
  response: networkResponse,
  run: (context, params) => {
    checkOwner(context, params)
    return write(context, async (trx) => {
      const zone = found(await lockZone(trx, params.zoneid), 'zoneid', 'zone', params.zoneid)
      if (zone.allocationstate === 'Disabled')
        throw new SysvmError('SYSVM_RESOURCE_STATE', `Zone ${zone.name} is disabled: enable it with updateZone first.`)
      const offeringId = params.networkofferingid
      const offering = found(
        await findNetworkOffering(trx, offeringId),
        'networkofferingid',
        'network offering',
        offeringId,
      )
      if (offering.state === 'Disabled')
        throw new SysvmError('SYSVM_API_PARAMETER', `Network offering ${offering.name} is disabled: enable it first.`)
      const physical = await guestNetworkOf(trx, { zone: zone.id, physicalNetwork: params.physicalnetworkid })
      if (physical === undefined)
        throw new SysvmError(
          'SYSVM_RESOURCE_STATE',
          `Zone ${zone.name} has no enabled physical network with Guest traffic that fits: add or enable one.`,
        )
      const address = networkAddress(
        params.gateway,
        params.netmask,
        zone.guestcidr ?? (await setting(trx, 'guest.cidr')),
      )
      await refuseOverlap(trx, zone.id, address.cidr)
      const id = await insertNetwork(trx, {
        zone: zone.id,
        physical_network: physical.id,
        offering: offering.id,
        name: params.name,
        displaytext: params.displaytext || params.name,
        networkdomain: params.networkdomain ?? zone.domain ?? (await setting(trx, 'guest.domain.suffix')),
        ...address,
      })
      return presentNetwork(context.caller)(found(await findNetwork(trx, id), 'id', 'network', id))
    })
  },
})
