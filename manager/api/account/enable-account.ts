import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { oneAccount } from './one.ts'
import { accountResponse } from './response.ts'
import { setAccountState } from './state.ts'

export const enableAccount = defineCommand({
  name: 'enableAccount',
  authorized: domainAdmins,
  subject: 'account',
  description: 'Lets the users of an account in again.',
  params: {
    id: p.uuid('The account.'),
    account: p.text('Its name, instead of id.'),
    domainid: p.uuid("Its domain, with account; default: the caller's."),
  },
  answer: 'object',
  response: accountResponse,
  run: (context, named) =>
    write(context, async (trx) => (await oneAccount(trx, await setAccountState(context, trx, named, 'enabled'))) ?? {}),
})
