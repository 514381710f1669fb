import { SysvmError } from '@sysvm/errors'
import { accountNamed } from '../../model/account.ts'
import { requireRoom } from '../../model/limit/room.ts'
import { addMember, findProject } from '../../model/project.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
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
      const seen = found(await findProject(trx, projectid), 'projectid', 'project', projectid)
      const account = await accountNamed(trx, seen.domain, name)
      // Who manages a project has it, as who makes one.
      if (account !== undefined && roletype === 'Admin') await requireRoom(trx, account.id, { project: 1 })
      const project = await lockProjectFor(context, trx, projectid, 'projectid')
      if (account === undefined || account.type === 'Project')
        throw bad(`Parameter account: the project's domain has no account '${name.slice(0, 60)}'.`)
      if (!(await addMember(trx, { project: projectid, account: account.id, role: roletype })))
        throw bad(`Parameter account: ${account.name} is a member of project ${project.name} already.`)
      return { jobid: await doneJob(trx, 'addAccountToProject', 'Project', projectid) }
    }),
})
