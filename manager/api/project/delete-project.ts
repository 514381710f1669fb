import { SysvmError } from '@sysvm/errors'
import { heldBy, obstacleOf, removeAccounts } from '../../model/removal.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { startRemoval } from '../removal/job.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockProjectFor } from './find.ts'

export const deleteProject = defineCommand({
  name: 'deleteProject',
  authorized: everyone,
  subject: 'project',
  since: '3.0.0',
  description: 'Deletes a project and, with cleanup, all it has.',
  params: {
    id: p.required(p.uuid('The project.')),
    cleanup: p.boolean('Whether its guests, networks, VPCs and addresses go too. Default false.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, cleanup = false }) =>
    write(context, async (trx) => {
      const { name, account } = await lockProjectFor(context, trx, id)
      const { guests, networks, vpcs, addresses } = await heldBy(trx, account)
      if (!cleanup && guests + networks + vpcs + addresses > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `Project ${name} has ${guests} guests, ${networks} networks, ${vpcs} VPCs and ${addresses} addresses: ` +
            'delete them first, or ask for cleanup=true.',
        )
      const obstacle = await obstacleOf(trx, account)
      if (obstacle !== undefined) throw new SysvmError('SYSVM_IN_USE', `Project ${name} stays: ${obstacle}.`)
      await removeAccounts(trx, [account])
      return startRemoval(context, trx, 'deleteProject', 'Project', account)
    }),
})
