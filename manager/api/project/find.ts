import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { isWithin } from '../../model/domain.ts'
import { lockProject, membersOf, type Project } from '../../model/project.ts'
import type { Database } from '../../model/schema.ts'
import { seesAll } from '../access.ts'
import type { Context } from '../command.ts'
import { found } from '../found.ts'

/** A project that the caller manages, its row held: as its administrator or that of its domain. */
export const lockProjectFor = async (
  { caller }: Context,
  trx: Kysely<Database>,
  id: string,
  parameter = 'id',
): Promise<Project> => {
  const project = found(await lockProject(trx, id), parameter, 'project', id)
  const above =
    seesAll(caller) || (caller.roletype === 'DomainAdmin' && isWithin(project.domainpath, caller.domainpath))
  const members = await membersOf(trx, [id])
  if (!above && !members.some(({ account, role }) => account === caller.accountid && role === 'Admin'))
    throw new SysvmError('SYSVM_API_FORBIDDEN', `Project ${project.name} is not yours to manage.`)
  if (project.leaving)
    throw new SysvmError('SYSVM_RESOURCE_STATE', `Project ${project.name} is being removed: it cannot change any more.`)
  return project
}
