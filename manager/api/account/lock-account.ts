import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { oneAccount } from './one.ts'
import { accountResponse } from './response.ts'
import { setAccountState } from './state.ts'

export const lockAccount = defineCommand({
  name: 'lockAccount',
  authorized: domainAdmins,
  description: 'Keeps the users of an account out; its guests run on.',
  params: {
    account: p.required(p.text('The name of the account.')),
    domainid: p.required(p.uuid('Its domain.')),
  },
  answer: 'object',
  response: accountResponse,
  run: (context, named) =>
    write(context, async (trx) => (await oneAccount(trx, await setAccountState(context, trx, named, 'locked'))) ?? {}),
})
