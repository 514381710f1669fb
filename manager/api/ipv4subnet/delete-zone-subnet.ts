import { SysvmError } from '@sysvm/errors'
import { deleteZoneSubnetRow, lockZoneSubnets, subnetsOf } from '../../model/subnet.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteIpv4SubnetForZone = defineCommand({
  name: 'deleteIpv4SubnetForZone',
  authorized: admins,
  subject: 'zone_subnet',
  description: 'Takes addresses for routed networks away from a zone; no subnet of them may be left.',
  since: '4.20.0',
  params: { id: p.required(p.uuid("The zone's subnet.")) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const [row] = await lockZoneSubnets(trx, { id })
      found(row, 'id', 'IPv4 subnet', id)
      const [part] = await subnetsOf(trx, id)
      if (part !== undefined)
        throw new SysvmError('SYSVM_IN_USE', `${part.subnet}, id ${part.id}, is part of it: delete that first.`)
      await deleteZoneSubnetRow(trx, id)
      return { jobid: await doneJob(trx, 'deleteIpv4SubnetForZone', 'Ipv4Subnet', id), id }
    }),
})
