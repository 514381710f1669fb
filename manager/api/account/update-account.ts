import { SysvmError } from '@sysvm/errors'
import { changeAccount, findMember } from '../../model/account-list.ts'
import { ADMIN_ACCOUNT } from '../../model/identity.ts'
import { domainAdmins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { chooseRole } from '../role/choose.ts'
import { write } from '../write.ts'
import { lockAccountFor, refuseAccountLockout } from './find.ts'
import { accountResponse, presentAccounts } from './response.ts'

export const updateAccount = defineCommand({
  name: 'updateAccount',
  authorized: domainAdmins,
  subject: 'account',
  description: 'Changes an account; another role acts from the next call on.',
  params: {
    id: p.uuid('The account.'),
    account: p.text('Its name, instead of id.'),
    domainid: p.uuid("Its domain, with account; default: the caller's."),
    newname: p.name('Another name.'),
    networkdomain: p.domainName('Another DNS domain of its networks that name none.'),
    roleid: p.uuid('Another role.'),
  },
  unsupported: ['accountdetails', 'apikeyaccess'],
  answer: 'object',
  response: accountResponse,
  run: (context, { newname, networkdomain, roleid, ...named }) =>
    write(context, async (trx) => {
      const { id } = await lockAccountFor(context, trx, named)
      const role = roleid === undefined ? undefined : await chooseRole(context, trx, { roleid })
      if (role !== undefined) refuseAccountLockout(context, id, 'given another role')
      // The integration port's caller has this name.
      if (newname !== undefined && id === ADMIN_ACCOUNT)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          'Parameter newname: the administrator that every cloud has keeps its.',
        )
      await changeAccount(trx, id, changes({ name: newname, networkdomain, role: role?.id, type: role?.type }))
      const [changed] = await presentAccounts(trx, [found(await findMember(trx, id), 'id', 'account', id)])
      return changed ?? {}
    }),
})
