import { toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { networksOverlapping, publicNetworkOf } from '../../model/network.ts'
import { insertVlanRange } from '../../model/publicip.ts'
import type { Database } from '../../model/schema.ts'
import { lockZone } from '../../model/zone.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { checkRange, cidrOf } from '../range.ts'
import { write } from '../write.ts'
import { readRange6, refuseOverlap6 } from './range6.ts'
import { presentVlanRange, vlanRangeResponse } from './vlan-response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)
const LARGEST_RANGE = 65_536

/** CloudStack takes `untagged`, `vlan://untagged` and a tag; hosts carry only the first so far. */
const vlanOf = (given = 'untagged'): string => {
  const vlan = given.toLowerCase().replace(/^vlan:\/\//, '')
  if (vlan !== 'untagged')
    throw bad(`Parameter vlan: '${given.slice(0, 60)}' is not supported yet by sysvm: only untagged is.`)
  return vlan
}

const zoneOf = async (trx: Transaction<Database>, zoneid: string | undefined, physical: string | undefined) => {
  const network = await publicNetworkOf(trx, { zone: zoneid, physicalNetwork: physical })
  if (network !== undefined) return network
  if (zoneid !== undefined) found(await lockZone(trx, zoneid), 'zoneid', 'zone', zoneid)
  throw new SysvmError(
    'SYSVM_NOT_FOUND',
    'No physical network with Public traffic fits zoneid and physicalnetworkid: add the traffic type Public first.',
  )
}

export const createVlanIpRange = defineCommand({
  name: 'createVlanIpRange',
  description: 'Adds a range of public addresses for networks behind routers.',
  params: {
    zoneid: p.uuid('The zone; needed without physicalnetworkid.'),
    physicalnetworkid: p.uuid('The physical network with Public traffic; default: the one of the zone.'),
    gateway: p.ipv4('Gateway to the outside.'),
    netmask: p.netmask('Netmask.'),
    startip: p.ipv4('First address.'),
    endip: p.ipv4('Last address; default: startip.'),
    ip6cidr: p.network6('IPv6 network of the same link; needs ip6gateway.'),
    ip6gateway: p.ipv6('IPv6 gateway to the outside; needs ip6cidr.'),
    startipv6: p.ipv6('First IPv6 address for routers; default: they make theirs of their MAC addresses in a /64.'),
    endipv6: p.ipv6('Last IPv6 address for routers; default: startipv6.'),
    vlan: p.text('untagged.'),
    forvirtualnetwork: p.only('Whether it is for networks behind routers.', true),
    forsystemvms: p.only('Whether it is kept for system VMs.', false),
  },
  unsupported: ['account', 'domainid', 'networkid', 'podid', 'projectid', 'provider'],
  answer: 'object',
  response: vlanRangeResponse,
  run: (context, params) => {
    const { gateway, netmask, startip, endip = startip, zoneid, physicalnetworkid } = params
    if (gateway === undefined || netmask === undefined || startip === undefined || endip === undefined)
      throw bad('createVlanIpRange needs gateway, netmask and startip: give all three.')
    if (zoneid === undefined && physicalnetworkid === undefined)
      throw bad('createVlanIpRange needs zoneid or physicalnetworkid: give one.')
    const vlan = vlanOf(params.vlan)
    checkRange({ gateway, netmask, startip, endip })
    const range6 = readRange6(params)
    if (toNumber(endip) - toNumber(startip) >= LARGEST_RANGE)
      throw bad(`Parameter endip: the range has more than ${LARGEST_RANGE} addresses: add several smaller ones.`)
    return write(context, async (trx) => {
      const network = await zoneOf(trx, zoneid, physicalnetworkid)
      await lockZone(trx, network.zone)
      const cidr = cidrOf(gateway, netmask)
      const inside = await networksOverlapping(trx, network.zone, cidr)
      if (inside !== undefined)
        throw new SysvmError(
          'SYSVM_NETWORK_CONFLICT',
          `The range's network ${cidr} overlaps ${inside.what} ${inside.cidr}.`,
        )
      if (range6 !== undefined) await refuseOverlap6(trx, network.zone, range6.ip6cidr)
      const range = { zone: network.zone, physical_network: network.id, vlan, gateway, netmask, startip, endip }
      return presentVlanRange(await insertVlanRange(trx, { ...range, ...range6 }))
    })
  },
})
