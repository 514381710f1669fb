import { toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import {
  findVlanRange,
  lockVlanRange,
  takenOfRange,
  updateVlanRangeRow,
  type VlanRangeRow,
} from '../../model/vlanrange.ts'
import { lockZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { checkRange4, type Range4, refuseOverlap4 } from './range4.ts'
import { presentVlanRange, vlanRangeResponse } from './vlan-response.ts'

type Given = { readonly [K in keyof Range4]?: string | undefined }

/** The range as it becomes: what is not given stays. */
const changed = (range: VlanRangeRow, given: Given): Range4 => {
  const { gateway, netmask, startip, endip } = range
  if (gateway === null || netmask === null || startip === null || endip === null)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter id: the range ${range.id} has IPv6 alone: make another one.`)
  return {
    gateway: given.gateway ?? gateway,
    netmask: given.netmask ?? netmask,
    startip: given.startip ?? startip,
    endip: given.endip ?? endip,
  }
}

export const updateVlanIpRange = defineCommand({
  name: 'updateVlanIpRange',
  authorized: admins,
  subject: 'vlan_range',
  description: 'Makes a range of public addresses longer, shorter, or another one; what is taken of it stays in it.',
  since: '4.16.0',
  params: {
    id: p.required(p.uuid('The range.')),
    gateway: p.ipv4('Gateway to the outside; of a range of which nothing is taken.'),
    netmask: p.netmask('Netmask; of a range of which nothing is taken.'),
    startip: p.ipv4('First address.'),
    endip: p.ipv4('Last address.'),
    forsystemvms: p.only('Whether it is kept for system VMs.', false),
  },
  unsupported: ['endipv6', 'ip6cidr', 'ip6gateway', 'startipv6'],
  answer: 'object',
  response: vlanRangeResponse,
  run: (context, { id, gateway, netmask, startip, endip }) =>
    write(context, async (trx) => {
      const seen = found(await findVlanRange(trx, id), 'id', 'range', id)
      await lockZone(trx, seen.zone)
      const taken = await takenOfRange(trx, id)
      const before = found(await lockVlanRange(trx, id), 'id', 'range', id)
      const range = changed(before, { gateway, netmask, startip, endip })
      checkRange4(range)
      const [first] = taken
      if (first !== undefined && (range.gateway !== before.gateway || range.netmask !== before.netmask))
        throw new SysvmError(
          'SYSVM_IN_USE',
          `${taken.length} addresses of the range are taken, ${first.address} for one: its gateway and netmask stay.`,
        )
      const [start, end] = [toNumber(range.startip), toNumber(range.endip)]
      const lost = taken.find(({ address }) => toNumber(address) < start || toNumber(address) > end)
      if (lost !== undefined)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `The address ${lost.address} is taken and would be outside ${range.startip}-${range.endip}: have it given back first.`,
        )
      await refuseOverlap4(trx, before.zone, range)
      await updateVlanRangeRow(trx, id, range)
      return presentVlanRange(found(await findVlanRange(trx, id), 'id', 'range', id))
    }),
})
