import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { userResponse } from './response.ts'
import { setUserState } from './state.ts'

export const lockUser = defineCommand({
  name: 'lockUser',
  authorized: domainAdmins,
  subject: 'cloud_user',
  description: 'Keeps a user out until it is enabled again.',
  params: { id: p.required(p.uuid('The user.')) },
  answer: 'object',
  response: userResponse,
  run: (context, { id }) => write(context, (trx) => setUserState(context, trx, id, 'locked')),
})
