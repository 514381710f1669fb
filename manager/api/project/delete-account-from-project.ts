import { SysvmError } from '@sysvm/errors'
import { membersOf, removeMember } from '../../model/project.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockProjectFor } from './find.ts'

export const deleteAccountFromProject = defineCommand({
  name: 'deleteAccountFromProject',
  authorized: everyone,
  since: '3.0.0',
  description: 'Ends the membership of an account; one that manages the project stays.',
  params: {
    projectid: p.required(p.uuid('The project.')),
    account: p.required(p.text('Name of the account.')),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { projectid, account: name }) =>
    write(context, async (trx) => {
      await lockProjectFor(context, trx, projectid, 'projectid')
      const members = await membersOf(trx, [projectid])
      const member = members.find((one) => one.name === name)
      if (member === undefined)
        throw new SysvmError('SYSVM_API_PARAMETER', `Parameter account: '${name.slice(0, 60)}' is no member of it.`)
      const managers = members.filter(({ role, leaving }) => role === 'Admin' && !leaving)
      if (managers.length === 1 && managers[0]?.account === member.account)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `Account ${name} alone manages the project: add another one as Admin first.`,
        )
      await removeMember(trx, projectid, member.account)
      return { jobid: await doneJob(trx, 'deleteAccountFromProject', 'Project', projectid) }
    }),
})
