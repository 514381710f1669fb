import { lockAccounts } from '../../model/account.ts'
import { changeAccount } from '../../model/account-list.ts'
import { changeProject } from '../../model/project.ts'
import { stopGuests } from '../account/stop.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { lockProjectFor } from './find.ts'
import { oneProject, projectResponse } from './response.ts'

export const suspendProject = defineCommand({
  name: 'suspendProject',
  authorized: everyone,
  since: '3.0.0',
  description: 'Stops the guests of a project and lets it have no new things.',
  params: { id: p.required(p.uuid('The project.')) },
  answer: 'job',
  response: projectResponse,
  result: ({ db }, id) => oneProject(db, id),
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { account } = await lockProjectFor(context, trx, id)
      await lockAccounts(trx, [account])
      await changeProject(trx, id, { state: 'Suspended' })
      await changeAccount(trx, account, { state: 'disabled' })
      await stopGuests(context, trx, account)
      return { jobid: await doneJob(trx, 'suspendProject', 'Project', id) }
    }),
})
