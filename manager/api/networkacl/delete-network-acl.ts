import { deleteAclItemRow } from '../../model/acl.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockItem, startItemJob } from './job.ts'

export const deleteNetworkACL = defineCommand({
  name: 'deleteNetworkACL',
  authorized: everyone,
  subject: 'network_acl',
  description: 'Deletes an item of a list; connections that are no longer allowed end.',
  params: { id: p.required(p.uuid('The item.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { list } = await lockItem(trx, id)
      await deleteAclItemRow(trx, id)
      const { jobid } = await startItemJob(context, trx, 'deleteNetworkACL', list, id)
      return { jobid }
    }),
})
