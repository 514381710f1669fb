import { changeAccount } from '../../model/account-list.ts'
import { changeProject } from '../../model/project.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { lockProjectFor } from './find.ts'
import { oneProject, projectResponse } from './response.ts'

export const activateProject = defineCommand({
  name: 'activateProject',
  authorized: everyone,
  since: '3.0.0',
  description: 'Lets a suspended project have new things again; its guests stay as they are.',
  params: { id: p.required(p.uuid('The project.')) },
  answer: 'job',
  response: projectResponse,
  result: ({ db }, id) => oneProject(db, id),
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { account } = await lockProjectFor(context, trx, id)
      await changeProject(trx, id, { state: 'Active' })
      await changeAccount(trx, account, { state: 'enabled' })
      return { jobid: await doneJob(trx, 'activateProject', 'Project', id) }
    }),
})
