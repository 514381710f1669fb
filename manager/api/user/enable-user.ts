import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { userResponse } from './response.ts'
import { setUserState } from './state.ts'

export const enableUser = defineCommand({
  name: 'enableUser',
  authorized: domainAdmins,
  subject: 'cloud_user',
  description: 'Lets a user in again.',
  params: { id: p.required(p.uuid('The user.')) },
  answer: 'object',
  response: userResponse,
  run: (context, { id }) => write(context, (trx) => setUserState(context, trx, id, 'enabled')),
})
