import { SysvmError } from '@sysvm/errors'
import { affinityGroupNamed, affinityTypes, findAffinityGroup, insertAffinityGroup } from '../../model/affinity.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { owner, ownerFields, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { affinityGroupResponse, presentAffinityGroup } from './response.ts'

export const createAffinityGroup = defineCommand({
  name: 'createAffinityGroup',
  authorized: everyone,
  description: 'Creates a group of guests that want the same host, or different ones.',
  params: {
    name: p.required(p.name('Name, unique in its account.')),
    type: p.required(p.choice('What its guests want; listAffinityGroupTypes names all.', affinityTypes)),
    description: p.text('What it is for.'),
    ...owner,
  },
  answer: 'job',
  response: affinityGroupResponse,
  result: async ({ db }, id) => {
    const row = await findAffinityGroup(db, id)
    return row && presentAffinityGroup(row, (await ownerFields(db, [row.account]))(row.account))
  },
  run: (context, params) =>
    write(context, async (trx) => {
      const { name, type, description = null } = params
      const account = await ownerFor(context, trx, params)
      if ((await affinityGroupNamed(trx, account, name)) !== undefined)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter name: the account has an affinity group named '${name}' already: choose another.`,
        )
      const id = await insertAffinityGroup(trx, { name, type, description, account })
      return { jobid: await doneJob(trx, 'createAffinityGroup', 'AffinityGroup', id), id }
    }),
})
