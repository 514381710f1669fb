import { randomUUID } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import { findMember, insertAccount } from '../../model/account-list.ts'
import { requireRoom } from '../../model/limit/room.ts'
import { addMember, insertProject } from '../../model/project.ts'
import { findUser } from '../../model/user.ts'
import { everyone } from '../authorized.ts'
import { type Context, defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import { accountOwner, ownerFor } from '../owner.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { oneProject, projectResponse } from './response.ts'

interface Named {
  readonly account?: string | undefined
  readonly domainid?: string | undefined
  readonly accountid?: string | undefined
  readonly userid?: string | undefined
}

const managerOf = async (context: Context, trx: Parameters<typeof ownerFor>[1], named: Named): Promise<string> => {
  const { account, domainid, accountid, userid } = named
  const given = [account, accountid, userid].filter((one) => one !== undefined)
  if (given.length > 1)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      'Parameters account, accountid and userid exclude each other: give one.',
    )
  if (accountid !== undefined) return found(await findMember(trx, accountid), 'accountid', 'account', accountid).id
  if (userid !== undefined) return found(await findUser(trx, userid), 'userid', 'user', userid).account
  return ownerFor(context, trx, { account, domainid })
}

export const createProject = defineCommand({
  name: 'createProject',
  authorized: everyone,
  since: '3.0.0',
  description: 'Makes a project: things that several accounts share.',
  params: {
    name: p.required(p.name('Its name, unique in its domain.')),
    displaytext: p.text('What it is for.'),
    ...accountOwner,
    accountid: p.uuid('The account that manages it, instead of its name.'),
    userid: p.uuid('A user whose account manages it, instead of that.'),
  },
  answer: 'job',
  response: projectResponse,
  result: ({ db }, id) => oneProject(db, id),
  run: (context, { name, displaytext = name, ...named }) =>
    write(context, async (trx) => {
      const manager = await managerOf(context, trx, named)
      await requireRoom(trx, manager, { project: 1 })
      const { domain, name: managername, state } = found(await findMember(trx, manager), 'account', 'account', manager)
      if (state === 'disabled')
        throw new SysvmError('SYSVM_RESOURCE_STATE', `Account ${managername} is disabled: it cannot manage a project.`)
      // Its things are this account's; nobody enters by it. A project that was removed may leave its name a while longer.
      const own = { domain, name: `PrjAcct-${name}-${randomUUID().slice(0, 8)}`, type: 'Project', role: null } as const
      const account = await insertAccount(trx, own)
      const id = await insertProject(trx, { account, domain, name, displaytext })
      await addMember(trx, { project: id, account: manager, role: 'Admin' })
      return { jobid: await doneJob(trx, 'createProject', 'Project', id), id }
    }),
})
