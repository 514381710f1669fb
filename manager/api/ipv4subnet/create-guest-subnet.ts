import { SysvmError } from '@sysvm/errors'
import { findGuestSubnet, insertGuestSubnet, lockZoneSubnets, subnetsOf } from '../../model/subnet.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { checkSubnet, firstFree, isInside, meetsOf } from './choose.ts'
import { guestSubnetResponse, presentGuestSubnet } from './response.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const createIpv4SubnetForGuestNetwork = defineCommand({
  name: 'createIpv4SubnetForGuestNetwork',
  authorized: admins,
  description: "Sets part of a zone's addresses aside for a routed network to come.",
  since: '4.20.0',
  params: {
    parentid: p.required(p.uuid("The zone's subnet.")),
    subnet: p.cidr('The addresses; this or cidrsize.'),
    cidrsize: p.integer('Prefix length; the first free addresses are taken.', 8, 29),
  },
  answer: 'job',
  response: guestSubnetResponse,
  result: async ({ db }, id) => {
    const row = await findGuestSubnet(db, id)
    return row && presentGuestSubnet(row)
  },
  run: (context, { parentid, subnet, cidrsize }) =>
    write(context, async (trx) => {
      if ((subnet === undefined) === (cidrsize === undefined))
        throw bad('Parameter subnet: give subnet or cidrsize, one of the two.')
      const [row] = await lockZoneSubnets(trx, { id: parentid })
      const parent = found(row, 'parentid', 'IPv4 subnet', parentid)
      const taken = await subnetsOf(trx, parent.id)
      const cidrs = taken.map((one) => one.subnet)
      if (subnet !== undefined) {
        checkSubnet('subnet', subnet)
        if (!isInside(parent.subnet, subnet)) throw bad(`Parameter subnet: ${subnet} is not inside ${parent.subnet}.`)
        const other = taken.find((one) => meetsOf([one.subnet], subnet) !== undefined)
        if (other !== undefined)
          throw new SysvmError('SYSVM_NETWORK_CONFLICT', `${subnet} overlaps ${other.subnet}, id ${other.id}.`)
      }
      const chosen = subnet ?? firstFree(parent.subnet, cidrs, cidrsize ?? 0)
      if (chosen === undefined)
        throw new SysvmError('SYSVM_CAPACITY', `${parent.subnet} has no free block of prefix length ${cidrsize}.`)
      const id = await insertGuestSubnet(trx, { parent: parent.id, subnet: chosen })
      return { jobid: await doneJob(trx, 'createIpv4SubnetForGuestNetwork', 'Ipv4Subnet', id), id }
    }),
})
