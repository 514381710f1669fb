import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import { publicNetworkOf, reviseNetworks } from '../../model/network.ts'
import type { Database } from '../../model/schema.ts'
import { cidr6OfLink, findVlanRange, insertVlanRange, takeAddresses6, usersOfRange6 } from '../../model/vlanrange.ts'
import { lockZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { dedicationOf } from './dedication.ts'
import { checkRange4, refuseOverlap4 } from './range4.ts'
import { readRange6, refuseOverlap6 } from './range6.ts'
import { madeVlanRangeResponse, presentVlanRange } from './vlan-response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** CloudStack takes `untagged`, `vlan://untagged` and a tag; hosts carry only the first so far. */
const vlanOf = (given = 'untagged'): string => {
  const vlan = given.toLowerCase().replace(/^vlan:\/\//, '')
  if (vlan !== 'untagged')
    throw bad(`Parameter vlan: '${given.slice(0, 60)}' is not supported yet by sysvm: only untagged is.`)
  return vlan
}

const NO_IPV4 = { gateway: null, netmask: null, startip: null, endip: null } as const

interface Given4 {
  readonly gateway?: string | undefined
  readonly netmask?: string | undefined
  readonly startip?: string | undefined
  readonly endip?: string | undefined
}

/** The IPv4 side of a range; undefined: it has none. */
const readRange4 = ({ gateway, netmask, startip, endip = startip }: Given4) => {
  if ([gateway, netmask, startip, endip].every((value) => value === undefined)) return undefined
  if (gateway === undefined || netmask === undefined || startip === undefined || endip === undefined)
    throw bad('createVlanIpRange needs gateway, netmask and startip: give all three.')
  const range = { gateway, netmask, startip, endip }
  checkRange4(range)
  return range
}

const refuseSecond6 = async (trx: Transaction<Database>, physicalNetwork: string, vlan: string): Promise<void> => {
  const cidr = await cidr6OfLink(trx, physicalNetwork, vlan)
  if (cidr !== undefined)
    throw new SysvmError('SYSVM_NETWORK_CONFLICT', `Parameter ip6cidr: the link has the IPv6 network ${cidr} already.`)
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
  authorized: admins,
  description: 'Adds a range of public addresses for networks behind routers: of IPv4, IPv6, or both.',
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
    account: p.text('Account whose addresses alone these are; needs domainid.'),
    domainid: p.uuid('Domain of account; alone: the addresses are those of its accounts.'),
    projectid: p.uuid('Project whose addresses alone these are.'),
  },
  unsupported: ['networkid', 'podid', 'provider'],
  answer: 'object',
  response: madeVlanRangeResponse,
  run: (context, params) => {
    const { zoneid, physicalnetworkid } = params
    const range4 = readRange4(params)
    const range6 = readRange6(params)
    if (range4 === undefined && range6 === undefined)
      throw bad('createVlanIpRange needs gateway, netmask and startip, or ip6cidr and ip6gateway: give all of them.')
    if (zoneid === undefined && physicalnetworkid === undefined)
      throw bad('createVlanIpRange needs zoneid or physicalnetworkid: give one.')
    const vlan = vlanOf(params.vlan)
    return write(context, async (trx) => {
      const network = await zoneOf(trx, zoneid, physicalnetworkid)
      await lockZone(trx, network.zone)
      if (range4 !== undefined) await refuseOverlap4(trx, network.zone, range4)
      if (range6 !== undefined) await refuseOverlap6(trx, network.zone, range6.ip6cidr)
      if (range4 === undefined) await refuseSecond6(trx, network.id, vlan)
      const place = { zone: network.zone, physical_network: network.id, vlan }
      const whose = await dedicationOf(context, trx, params)
      const made = await insertVlanRange(trx, { ...place, ...NO_IPV4, ...range4, ...range6, ...whose })
      const users = await usersOfRange6(trx, made)
      await reviseNetworks(trx, users)
      if (range4 === undefined) await takeAddresses6(trx, made)
      for (const id of users) await context.jobs.wake(trx, 'network', id)
      return presentVlanRange(found(await findVlanRange(trx, made), 'id', 'range', made))
    })
  },
})
