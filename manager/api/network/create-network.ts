import { SysvmError } from '@sysvm/errors'
import { requireRoom } from '../../model/limit/room.ts'
import { findNetwork, guestNetworkOf, insertNetwork } from '../../model/network.ts'
import { findNetworkOffering, hasTwoRouters } from '../../model/offering.ts'
import { setting } from '../../model/settings/index.ts'
import { lockZone } from '../../model/zone.ts'
import { everyone } from '../authorized.ts'
import { asn } from '../bgppeer/parameters.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { refuseForeign } from '../cross-account.ts'
import { found } from '../found.ts'
import { owner, ownerFor, ownersIn } from '../owner.ts'
import * as p from '../parameter.ts'
import { SECURITY_GROUP } from '../provider/services.ts'
import { roomFor } from '../publicip/keep.ts'
import { takeSourceNat } from '../publicip/source-nat.ts'
import { write } from '../write.ts'
import { addressOf } from './address-of.ts'
import { networkAddress6 } from './address6.ts'
import { offeringOf } from './offering.ts'
import { checkResolvers, resolvers } from './resolvers.ts'
import { networkResponse, presentNetwork } from './response.ts'
import { refuseOfTier, takeRouting } from './routed.ts'
import { tierOf } from './tier.ts'
import { NO_ADDRESSES, refuseOfWire } from './wire.ts'

export const createNetwork = defineCommand({
  name: 'createNetwork',
  authorized: everyone,
  description: 'Creates a guest network or a tier of a VPC; it is in service with its first guest.',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    networkofferingid: p.required(p.uuid('The offering, which must be enabled.')),
    name: p.required(p.name('Name.')),
    displaytext: p.text('What it is, for people; default: the name.'),
    gateway: p.ipv4("The router's address; needs netmask. Default: the first one of the zone's guest CIDR."),
    netmask: p.netmask('Netmask; needs gateway.'),
    networkdomain: p.domainName("DNS domain of its guests; default: the zone's."),
    ip6cidr: p.network6("A /64, with an offering of DualStack; needs ip6gateway. Default: one of the zone's prefixes."),
    ip6gateway: p.ipv6("The router's IPv6 address; needs ip6cidr."),
    ...resolvers,
    sourcenatipaddress: p.ipv4('Free public address that an isolated network goes out by; default: any.'),
    physicalnetworkid: p.uuid('The physical network that carries it; default: the one of the zone with Guest traffic.'),
    vpcid: p.uuid('The VPC whose tier it becomes; needs gateway and netmask.'),
    aclid: p.uuid("Of a tier, the list of what passes: the VPC's own or a default one. Default: default_deny."),
    cidrsize: p.integer(
      'Of a routed network, the prefix length: the first free addresses of its zone are taken.',
      8,
      29,
    ),
    asnumber: asn("Of a dynamically routed network, its router's AS number; default: the zone's first free one."),
    bgppeerids: p.forAdmins(
      p.uuids("Of a dynamically routed network, its BGP peers; default: the zone's that are not dedicated."),
    ),
    acltype: p.choice('Who uses it.', ['Account']),
    displaynetwork: p.only('Whether it is shown.', true),
    ...owner,
  },
  unsupported: [
    'associatednetworkid',
    'bypassvlanoverlapcheck',
    'endip',
    'endipv6',
    'externalid',
    'hideipaddressusage',
    'isolatedpvlan',
    'isolatedpvlantype',
    'privatemtu',
    'publicmtu',
    'routerip',
    'routeripv6',
    'startip',
    'startipv6',
    'subdomainaccess',
    'tungstenvirtualrouteruuid',
    'vlan',
  ],
  answer: 'object',
  response: networkResponse,
  run: (context, params) => {
    checkResolvers(params)
    const { dns1, dns2, ip6dns1, ip6dns2, ip6cidr, ip6gateway } = params
    return write(context, async (trx) => {
      const account = await ownerFor(context, trx, params)
      const asked = await findNetworkOffering(trx, params.networkofferingid)
      const goesOut = params.vpcid === undefined && asked?.services.SourceNat !== undefined
      const room = await roomFor(trx, { zone: params.zoneid, account, address: params.sourcenatipaddress })
      await requireRoom(trx, account, { network: 1, public_ip: goesOut ? room : 0 })
      const zone = found(await lockZone(trx, params.zoneid), 'zoneid', 'zone', params.zoneid)
      if (zone.allocationstate === 'Disabled')
        throw new SysvmError('SYSVM_RESOURCE_STATE', `Zone ${zone.name} is disabled: enable it with updateZone first.`)
      const tier = await tierOf(trx, params)
      if (tier !== undefined) refuseForeign(account, tier.vpc, 'vpcid', `VPC ${tier.vpc.name}`)
      if (tier !== undefined) refuseOfTier(params)
      const offering = await offeringOf(trx, params.networkofferingid, tier)
      if (offering.services[SECURITY_GROUP] !== undefined && !zone.security_groups)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter networkofferingid: it has security groups, and zone ${zone.name} was made without them.`,
        )
      const physical = await guestNetworkOf(trx, { zone: zone.id, physicalNetwork: params.physicalnetworkid })
      if (physical === undefined && params.physicalnetworkid !== undefined)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter physicalnetworkid: it is no enabled physical network of zone ${zone.name} with Guest traffic.`,
        )
      if (physical === undefined)
        throw new SysvmError(
          'SYSVM_RESOURCE_STATE',
          `Zone ${zone.name} has no enabled physical network with Guest traffic that fits: add or enable one.`,
        )
      const wire = offering.guestiptype === 'L2'
      if (wire) refuseOfWire(params)
      const address = wire ? NO_ADDRESSES : await addressOf(trx, zone, offering, tier, params)
      const dualStack = offering.internetprotocol !== 'IPv4'
      const address6 = await networkAddress6(trx, { zone: zone.id, dualStack, ip6cidr, ip6gateway })
      const id = await insertNetwork(trx, {
        account,
        zone: zone.id,
        physical_network: physical.id,
        offering: offering.id,
        name: params.name,
        displaytext: params.displaytext || params.name,
        networkdomain:
          params.networkdomain ??
          tier?.vpc.networkdomain ??
          zone.domain ??
          (await setting(trx, 'guest.domain.suffix', { zone: zone.id })),
        ...address,
        ...address6,
        ...changes({ dns1, dns2, ip6dns1, ip6dns2 }),
        redundant: hasTwoRouters(offering),
        ...(tier && { vpc: tier.vpc.id, acl: tier.acl }),
      })
      if (params.sourcenatipaddress !== undefined)
        await takeSourceNat(trx, zone.id, { kind: 'network', id }, params.sourcenatipaddress, room)
      if (tier === undefined && address.cidr !== null)
        await takeRouting(trx, { id, zone: zone.id, cidr: address.cidr }, offering, params)
      const made = found(await findNetwork(trx, id), 'id', 'network', id)
      return presentNetwork(await ownersIn(trx, [made]))(made)
    })
  },
})
