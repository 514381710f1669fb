import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeGuest, guestWithPassword } from './job.ts'
import { checkPassword, makePassword, passwordColumns } from './password.ts'
import { guestResponse } from './response.ts'
import { requireDesired } from './state.ts'

export const resetPasswordForVirtualMachine = defineCommand({
  name: 'resetPasswordForVirtualMachine',
  authorized: everyone,
  description: 'Gives a stopped guest another password, which it fetches once at its next boot.',
  params: {
    id: p.required(p.uuid('The guest.')),
    password: p.secret('The new password; default: a random one.'),
  },
  answer: 'job',
  response: guestResponse,
  result: guestWithPassword,
  run: (context, { id, password }) => {
    const value = password === undefined ? makePassword() : checkPassword(password)
    return changeGuest(context, id, {
      cmd: 'resetPasswordForVirtualMachine',
      values: (guest) => {
        requireDesired(guest, ['Stopped'])
        return passwordColumns(context, id, value, guest.public_keys)
      },
      networks: true,
    })
  },
})
