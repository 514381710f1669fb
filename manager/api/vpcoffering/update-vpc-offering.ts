import { updateVpcOfferingRow } from '../../model/vpcoffering.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { vpcOfferingResponse } from './response.ts'
import { vpcOfferingResult } from './result.ts'

export const updateVPCOffering = defineCommand({
  name: 'updateVPCOffering',
  authorized: admins,
  description: 'Renames, enables or disables a kind of VPC; VPCs made of it stay as they are.',
  params: {
    id: p.required(p.uuid('The offering.')),
    name: p.name('New name.'),
    displaytext: p.text('New text for people.'),
    state: p.choice('Enabled: VPCs can be made of it.', ['Enabled', 'Disabled']),
  },
  unsupported: ['domainid', 'sortkey', 'zoneid'],
  answer: 'job',
  response: vpcOfferingResponse,
  result: vpcOfferingResult,
  run: (context, { id, name, displaytext, state }) =>
    write(context, async (trx) => {
      const there = await updateVpcOfferingRow(trx, id, changes({ name, displaytext, state }))
      found(there || undefined, 'id', 'VPC offering', id)
      return { jobid: await doneJob(trx, 'updateVPCOffering', 'VpcOffering', id) }
    }),
})
