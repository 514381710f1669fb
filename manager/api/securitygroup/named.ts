import { SysvmError } from '@sysvm/errors'
import type { Transaction } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { areSecured, defaultSecurityGroup, findSecurityGroup, securityGroupNamed } from '../../model/securitygroup.ts'
import { notFound } from '../found.ts'

interface Asked {
  readonly securitygroupids?: readonly string[] | undefined
  readonly securitygroupnames?: readonly string[] | undefined
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Ids of the groups that a call names, all of the guest's owner; undefined when it names none. */
export const namedSecurityGroups = async (
  trx: Transaction<Database>,
  account: string,
  { securitygroupids, securitygroupnames }: Asked,
): Promise<readonly string[] | undefined> => {
  if (securitygroupids !== undefined && securitygroupnames !== undefined)
    throw bad('Parameters securitygroupids and securitygroupnames exclude each other: give one.')
  if (securitygroupids === undefined && securitygroupnames === undefined) return undefined
  const ids: string[] = []
  for (const id of securitygroupids ?? []) {
    const group = await findSecurityGroup(trx, id)
    if (group === undefined) throw notFound('securitygroupids', 'security group', id)
    if (group.account !== account)
      throw bad(`Parameter securitygroupids: security group ${group.name} is not of the guest's owner.`)
    ids.push(id)
  }
  for (const name of new Set(securitygroupnames)) {
    const group = await securityGroupNamed(trx, account, name)
    if (group === undefined)
      throw bad(`Parameter securitygroupnames: the owner has no security group '${name.slice(0, 60)}'.`)
    ids.push(group.id)
  }
  return ids
}

/**
 * The groups of a guest on these networks: as named, else its owner's default one; none where no network keeps guests
 * apart, and naming some there is an error.
 */
export const groupsForGuest = async (
  trx: Transaction<Database>,
  account: string,
  networks: readonly string[],
  asked: Asked,
): Promise<readonly string[]> => {
  const named = await namedSecurityGroups(trx, account, asked)
  if (await areSecured(trx, networks)) return named ?? [await defaultSecurityGroup(trx, account)]
  if (named !== undefined && named.length > 0)
    throw bad('Security groups are for guests on a network whose offering has the service SecurityGroup.')
  return []
}
