import { updateAclListRow } from '../../model/acl.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockOwnList } from './job.ts'

export const updateNetworkACLList = defineCommand({
  name: 'updateNetworkACLList',
  authorized: everyone,
  subject: 'network_acl_list',
  description: 'Changes the name and the description of a list.',
  since: '4.4',
  params: {
    id: p.required(p.uuid('The list.')),
    name: p.name('Name.'),
    description: p.text('What it is, for people.'),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: successResponse,
  run: (context, { id, name, description }) =>
    write(context, async (trx) => {
      await lockOwnList(trx, id, 'id')
      await updateAclListRow(trx, id, changes({ name, description }))
      return { jobid: await doneJob(trx, 'updateNetworkACLList', 'NetworkACL', id) }
    }),
})
