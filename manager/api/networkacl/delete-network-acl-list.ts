import { SysvmError } from '@sysvm/errors'
import { deleteAclListRow, usersOfAclList } from '../../model/acl.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockOwnList } from './job.ts'

export const deleteNetworkACLList = defineCommand({
  name: 'deleteNetworkACLList',
  authorized: everyone,
  subject: 'network_acl_list',
  description: 'Deletes a list that no tier and no private gateway uses, with its items.',
  params: { id: p.required(p.uuid('The list.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const list = await lockOwnList(trx, id, 'id')
      const { tiers, gateways } = await usersOfAclList(trx, id)
      const users = [...tiers.map(({ name }) => `the tier ${name}`), ...gateways.map((one) => `the gateway ${one.id}`)]
      if (users.length > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `List ${list.name} decides for ${users.join(', ')}: give them another with replaceNetworkACLList first.`,
        )
      await deleteAclListRow(trx, id)
      return { jobid: await doneJob(trx, 'deleteNetworkACLList', 'NetworkACL', id) }
    }),
})
