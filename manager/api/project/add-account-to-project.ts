import { SysvmError } from '@sysvm/errors'
import { accountNamed } from '../../model/account.ts'
import { addMember } from '../../model/project.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockProjectFor } from './find.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

export const addAccountToProject = defineCommand({
  name: 'addAccountToProject',
  authorized: everyone,
  since: '3.0.0',
  description: "Makes an account of the project's domain a member of it.",
  params: {
    projectid: p.required(p.uuid('The project.')),
    account: p.text('Name of the account.'),
    roletype: p.choice('Admin manages the project, Regular uses it. Default Regular.', ['Admin', 'Regular']),
  },
  unsupported: ['email', 'projectroleid'],
  answer: 'job',
  response: successResponse,
  run: (context, { projectid, account: name, roletype = 'Regular' }) =>
    write(context, async (trx) => {
      if (name === undefined) throw bad('addAccountToProject needs account: name one.')
      const project = await lockProjectFor(context, trx, projectid, 'projectid')
      const account = await accountNamed(trx, project.domain, name)
      if (account === undefined || account.type === 'Project')
        throw bad(`Parameter account: the project's domain has no account '${name.slice(0, 60)}'.`)
      if (!(await addMember(trx, { project: projectid, account: account.id, role: roletype })))
        throw bad(`Parameter account: ${account.name} is a member of project ${project.name} already.`)
      return { jobid: await doneJob(trx, 'addAccountToProject', 'Project', projectid) }
    }),
})
