import { SysvmError } from '@sysvm/errors'
import { deleteGuestSubnetRow, findGuestSubnet } from '../../model/subnet.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteIpv4SubnetForGuestNetwork = defineCommand({
  name: 'deleteIpv4SubnetForGuestNetwork',
  authorized: admins,
  subject: 'guest_subnet',
  description: "Gives addresses back to the zone's subnet that they are part of; no network may have them.",
  since: '4.20.0',
  params: { id: p.required(p.uuid('The subnet.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const row = found(await findGuestSubnet(trx, id), 'id', 'IPv4 subnet', id)
      if (row.network !== null)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `Network ${row.networkname ?? row.network} has ${row.subnet}: delete it first.`,
        )
      await deleteGuestSubnetRow(trx, id)
      return { jobid: await doneJob(trx, 'deleteIpv4SubnetForGuestNetwork', 'Ipv4Subnet', id), id }
    }),
})
