import { findUser } from '../../model/user.ts'
import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentUser, userResponse } from './response.ts'
import { setUserState } from './state.ts'

export const disableUser = defineCommand({
  name: 'disableUser',
  authorized: domainAdmins,
  subject: 'cloud_user',
  description: 'Keeps a user out and ends its sessions; its keys open nothing until it is enabled again.',
  params: { id: p.required(p.uuid('The user.')) },
  answer: 'job',
  response: userResponse,
  result: async ({ db }, id) => {
    const user = await findUser(db, id)
    return user && presentUser(user)
  },
  run: (context, { id }) =>
    write(context, async (trx) => {
      await setUserState(context, trx, id, 'disabled')
      return { jobid: await doneJob(trx, 'disableUser', 'User', id) }
    }),
})
