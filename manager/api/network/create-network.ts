import { SysvmError } from '@sysvm/errors'
import { findNetwork, guestNetworkOf, insertNetwork } from '../../model/network.ts'
import { lockZone } from '../../model/zone.ts'
import { defineCommand } from '../command.ts'
import { setting } from '../configuration/settings.ts'
import { found } from '../found.ts'
import { checkOwner, owner } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { networkAddress } from './address.ts'
import { offeringOf } from './offering.ts'
import { refuseOverlap } from './overlap.ts'
import { networkResponse, presentNetwork } from './response.ts'
import { checkTierAddress, tierOf } from './tier.ts'

export const createNetwork = defineCommand({
  name: 'createNetwork',
  description: 'Creates a guest network or a tier of a VPC; it is in service with its first guest.',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    networkofferingid: p.required(p.uuid('The offering, which must be enabled.')),
    name: p.required(p.name('Name.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    gateway: p.ipv4("The router's address; needs netmask. Default: the first one of the zone's guest CIDR."),
    netmask: p.netmask('Netmask; needs gateway.'),
    networkdomain: p.domainName("DNS domain of its guests; default: the zone's."),
    physicalnetworkid: p.uuid('The physical network that carries it; default: the one of the zone with Guest traffic.'),
    vpcid: p.uuid('The VPC whose tier it becomes; needs gateway and netmask.'),
    aclid: p.uuid("Of a tier, the list of what passes: the VPC's own or a default one. Default: default_deny."),
    acltype: p.choice('Who uses it.', ['Account']),
    displaynetwork: p.only('Whether it is shown.', true),
    ...owner,
  },
  unsupported: [
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
  ],
  answer: 'object',
  response: networkResponse,
  run: (context, params) => {
    checkOwner(context, params)
    return write(context, async (trx) => {
      const zone = found(await lockZone(trx, params.zoneid), 'zoneid', 'zone', params.zoneid)
      if (zone.allocationstate === 'Disabled')
        throw new SysvmError('SYSVM_RESOURCE_STATE', `Zone ${zone.name} is disabled: enable it with updateZone first.`)
      const tier = await tierOf(trx, params)
      const offering = await offeringOf(trx, params.networkofferingid, tier)
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
      if (tier !== undefined) await checkTierAddress(trx, tier, address.cidr)
      const id = await insertNetwork(trx, {
        zone: zone.id,
        physical_network: physical.id,
        offering: offering.id,
        name: params.name,
        displaytext: params.displaytext || params.name,
        networkdomain:
          params.networkdomain ?? tier?.vpc.networkdomain ?? zone.domain ?? (await setting(trx, 'guest.domain.suffix')),
        ...address,
        ...(tier && { vpc: tier.vpc.id, acl: tier.acl }),
      })
      return presentNetwork(context.caller)(found(await findNetwork(trx, id), 'id', 'network', id))
    })
  },
})
