import { deleteUserRow } from '../../model/user.ts'
import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { lockUserFor, refuseLockout } from './find.ts'

export const deleteUser = defineCommand({
  name: 'deleteUser',
  authorized: domainAdmins,
  subject: 'cloud_user',
  description: "Deletes a user with its sessions and keys; what it made is its account's.",
  params: { id: p.required(p.uuid('The user.')) },
  answer: 'success',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      refuseLockout(context, id, 'deleted')
      await lockUserFor(context, trx, id)
      await deleteUserRow(trx, id)
    }),
})
