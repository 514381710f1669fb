import { SysvmError } from '@sysvm/errors'
import { userOfKey } from '../../model/user.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { presentUser, userResponse } from './response.ts'

export const getUser = defineCommand({
  name: 'getUser',
  authorized: admins,
  description: 'Shows the user that has an API key.',
  params: { userapikey: p.required(p.text('The API key.')) },
  answer: 'object',
  response: userResponse,
  run: async ({ db }, { userapikey }) => {
    const user = await userOfKey(db, userapikey)
    if (user === undefined) throw new SysvmError('SYSVM_API_PARAMETER', 'Parameter userapikey: no user has it.')
    return presentUser(user)
  },
})
