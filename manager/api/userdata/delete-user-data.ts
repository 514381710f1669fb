import { SysvmError } from '@sysvm/errors'
import { deleteUserDataRow, findUserData, usersOfUserData } from '../../model/userdata.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { owner, refuseOtherOwner } from '../owner.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteUserData = defineCommand({
  name: 'deleteUserData',
  authorized: everyone,
  subject: 'user_data',
  description: 'Deletes user data that no guest uses.',
  since: '4.18',
  params: { id: p.required(p.uuid('The user data.')), ...owner },
  answer: 'success',
  response: successResponse,
  run: async (context, params) => {
    const { id } = params
    await write(context, async (trx) => {
      const { name, account } = found(await findUserData(trx, id), 'id', 'user data', id)
      await refuseOtherOwner(context, trx, params, account)
      const users = await usersOfUserData(trx, id)
      if (users.length > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `User data ${name} is used by ${users.length} guests, ${users[0]} for one: give them other user data first.`,
        )
      await deleteUserDataRow(trx, id)
    })
  },
})
