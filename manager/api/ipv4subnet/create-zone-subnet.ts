import { overlaps } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { findZoneSubnet, insertZoneSubnet, lockZoneSubnets } from '../../model/subnet.ts'
import { lockZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { checkSubnet } from './choose.ts'
import { presentZoneSubnet, zoneSubnetResponse } from './response.ts'

export const createIpv4SubnetForZone = defineCommand({
  name: 'createIpv4SubnetForZone',
  authorized: admins,
  description: 'Gives a zone addresses that its routed networks get their subnets of.',
  since: '4.20.0',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    subnet: p.required(p.cidr('The addresses, such as 203.0.113.0/24.')),
  },
  unsupported: ['account', 'domainid', 'projectid'],
  answer: 'job',
  response: zoneSubnetResponse,
  result: async ({ db }, id) => {
    const row = await findZoneSubnet(db, id)
    return row && presentZoneSubnet(row)
  },
  run: (context, { zoneid, subnet }) =>
    write(context, async (trx) => {
      const zone = found(await lockZone(trx, zoneid), 'zoneid', 'zone', zoneid)
      checkSubnet('subnet', subnet)
      for (const range of ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'])
        if (overlaps(range, subnet))
          throw new SysvmError('SYSVM_API_PARAMETER', `Parameter subnet: ${subnet} holds addresses of ${range}.`)
      const other = (await lockZoneSubnets(trx, { zone: zone.id })).find((row) => overlaps(row.subnet, subnet))
      if (other !== undefined)
        throw new SysvmError(
          'SYSVM_NETWORK_CONFLICT',
          `${subnet} overlaps ${other.subnet}, id ${other.id}, of the zone.`,
        )
      const id = await insertZoneSubnet(trx, { zone: zone.id, subnet })
      return { jobid: await doneJob(trx, 'createIpv4SubnetForZone', 'Ipv4Subnet', id), id }
    }),
})
