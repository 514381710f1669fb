import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { requireRoom } from '../../model/limit/room.ts'
import { changeMember, changeProject, findProject, type Membership, membersOf } from '../../model/project.ts'
import type { Database } from '../../model/schema.ts'
import { everyone } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { startOver, write } from '../write.ts'
import { lockProjectFor } from './find.ts'
import { oneProject, projectResponse } from './response.ts'

const memberNamed = (members: readonly Membership[], name: string): Membership => {
  const member = members.find((one) => one.name === name)
  if (member !== undefined) return member
  throw new SysvmError(
    'SYSVM_API_PARAMETER',
    `Parameter account: '${name.slice(0, 60)}' is no member of the project: addAccountToProject makes it one.`,
  )
}

/** Who has which role once the account has this one; where owners are swapped, it alone is Admin. */
const rolesAfter = (
  members: readonly Membership[],
  { account, name }: Membership,
  role: Membership['role'],
  swapped: boolean,
): readonly Membership[] => {
  const after = members.map((one): Membership => {
    if (one.account === account) return { ...one, role }
    return swapped ? { ...one, role: 'Regular' } : one
  })
  if (after.some((one) => one.role === 'Admin' && !one.leaving)) return after
  throw new SysvmError('SYSVM_IN_USE', `Account ${name} alone manages the project: make another one Admin first.`)
}

const changeRoles = async (
  trx: Kysely<Database>,
  before: readonly Membership[],
  after: readonly Membership[],
): Promise<void> => {
  for (const [index, member] of after.entries())
    if (member.role !== before[index]?.role) await changeMember(trx, member)
}

export const updateProject = defineCommand({
  name: 'updateProject',
  authorized: everyone,
  since: '3.0.0',
  description: 'Changes what a project is called, and who manages it.',
  params: {
    id: p.required(p.uuid('The project.')),
    name: p.name('Its name from now on.'),
    displaytext: p.text('What it is for.'),
    account: p.text('Name of a member that manages it from now on, or with roletype has another role.'),
    swapowner: p.boolean('False: others that manage it go on to. Default true, unless roletype is Regular.'),
    roletype: p.choice('Role of the account that is named. Default Admin.', ['Admin', 'Regular']),
  },
  unsupported: ['userid'],
  answer: 'job',
  response: projectResponse,
  result: ({ db }, id) => oneProject(db, id),
  run: (context, { id, account, roletype: role = 'Admin', swapowner = role === 'Admin', ...named }) =>
    write(context, async (trx) => {
      if (role === 'Regular' && swapowner)
        throw new SysvmError('SYSVM_API_PARAMETER', 'Parameters roletype and swapowner: a new owner is Admin.')
      found(await findProject(trx, id), 'id', 'project', id)
      const memberOf = async () =>
        account === undefined ? undefined : memberNamed(await membersOf(trx, [id]), account)
      const seen = await memberOf()
      if (seen !== undefined && role === 'Admin' && seen.role !== 'Admin')
        await requireRoom(trx, seen.account, { project: 1 })
      await lockProjectFor(context, trx, id)
      // Room was asked for by the role that it had before the project was held.
      if ((await memberOf())?.role !== seen?.role) throw startOver('the project')
      const members = await membersOf(trx, [id])
      if (account !== undefined)
        await changeRoles(trx, members, rolesAfter(members, memberNamed(members, account), role, swapowner))
      const values = changes(named)
      if (Object.keys(values).length > 0) await changeProject(trx, id, values)
      return { jobid: await doneJob(trx, 'updateProject', 'Project', id) }
    }),
})
