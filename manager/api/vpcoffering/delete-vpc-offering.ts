import { deleteVpcOfferingRow } from '../../model/vpcoffering.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteVPCOffering = defineCommand({
  name: 'deleteVPCOffering',
  authorized: admins,
  subject: 'vpc_offering',
  description: 'Deletes a kind of VPC that no VPC is of.',
  params: { id: p.required(p.uuid('The offering.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      found((await deleteVpcOfferingRow(trx, id)) || undefined, 'id', 'VPC offering', id)
      return { jobid: await doneJob(trx, 'deleteVPCOffering', 'VpcOffering', id) }
    }),
})
