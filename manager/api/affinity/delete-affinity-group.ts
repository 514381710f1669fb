import { SysvmError } from '@sysvm/errors'
import { affinityGroupNamed, deleteAffinityGroupRow } from '../../model/affinity.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { owner, ownerNamed } from '../owner.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteAffinityGroup = defineCommand({
  name: 'deleteAffinityGroup',
  authorized: everyone,
  description: 'Deletes an affinity group; its guests stay where they are.',
  params: {
    id: p.uuid('The group.'),
    name: p.text('Its name, instead of its id.'),
    ...owner,
  },
  subject: 'affinity_group',
  answer: 'job',
  response: successResponse,
  run: (context, params) =>
    write(context, async (trx) => {
      const { name } = params
      if ((params.id === undefined) === (name === undefined))
        throw new SysvmError('SYSVM_API_PARAMETER', 'deleteAffinityGroup needs either id or name: give one.')
      const account = await ownerNamed(context, trx, params)
      const id =
        params.id ?? found(await affinityGroupNamed(trx, account, name ?? ''), 'name', 'affinity group', name ?? '').id
      found((await deleteAffinityGroupRow(trx, id)) || undefined, 'id', 'affinity group', id)
      return { jobid: await doneJob(trx, 'deleteAffinityGroup', 'AffinityGroup', id) }
    }),
})
