import { domainAdmins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { oneAccount } from './one.ts'
import { accountResponse } from './response.ts'
import { setAccountState } from './state.ts'
import { stopGuests } from './stop.ts'

export const disableAccount = defineCommand({
  name: 'disableAccount',
  authorized: domainAdmins,
  subject: 'account',
  description:
    'Keeps the users of an account out and, unless it is only locked, stops its guests: the job is done when all are asked to stop.',
  params: {
    lock: p.required(p.boolean('True: its guests run on.')),
    id: p.uuid('The account.'),
    account: p.text('Its name, instead of id.'),
    domainid: p.uuid("Its domain, with account; default: the caller's."),
  },
  answer: 'job',
  response: accountResponse,
  result: ({ db }, id) => oneAccount(db, id),
  run: (context, { lock, ...named }) =>
    write(context, async (trx) => {
      const id = await setAccountState(context, trx, named, lock ? 'locked' : 'disabled')
      if (!lock) await stopGuests(context, trx, id)
      return { jobid: await doneJob(trx, 'disableAccount', 'Account', id) }
    }),
})
