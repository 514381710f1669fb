import { SysvmError } from '@sysvm/errors'
import { lockMember } from '../../model/account-list.ts'
import { obstacleOf, removeAccounts } from '../../model/removal.ts'
import { administers } from '../access.ts'
import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found, notFound } from '../found.ts'
import * as p from '../parameter.ts'
import { startRemoval } from '../removal/job.ts'
import { successResponse } from '../response.ts'
import { requirePower } from '../role/power.ts'
import { write } from '../write.ts'
import { refuseAccountLockout } from './find.ts'

export const deleteAccount = defineCommand({
  name: 'deleteAccount',
  authorized: domainAdmins,
  subject: 'account',
  description: 'Deletes an account with all it has; nobody enters by it from now on.',
  params: { id: p.required(p.uuid('The account.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      refuseAccountLockout(context, id, 'deleted')
      const account = found(await lockMember(trx, id), 'id', 'account', id)
      if (!administers(context.caller, account)) throw notFound('id', 'account', id)
      await requirePower(context, trx, account, `Account ${account.name}`)
      const obstacle = await obstacleOf(trx, id)
      if (obstacle !== undefined) throw new SysvmError('SYSVM_IN_USE', `Account ${account.name} stays: ${obstacle}.`)
      await removeAccounts(trx, [id])
      return startRemoval(context, trx, 'deleteAccount', 'Account', id)
    }),
})
