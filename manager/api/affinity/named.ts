import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { type AffinityGroup, affinityGroupNamed, findAffinityGroup } from '../../model/affinity.ts'
import type { Database } from '../../model/schema.ts'
import { notFound } from '../found.ts'

interface Asked {
  readonly affinitygroupids?: readonly string[] | undefined
  readonly affinitygroupnames?: readonly string[] | undefined
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** The groups that a call names, all of the guest's owner; undefined when it names none. */
export const namedAffinityGroups = async (
  db: Kysely<Database>,
  account: string,
  { affinitygroupids, affinitygroupnames }: Asked,
): Promise<readonly AffinityGroup[] | undefined> => {
  if (affinitygroupids !== undefined && affinitygroupnames !== undefined)
    throw bad('Parameters affinitygroupids and affinitygroupnames exclude each other: give one.')
  if (affinitygroupids === undefined && affinitygroupnames === undefined) return undefined
  const groups: AffinityGroup[] = []
  for (const id of affinitygroupids ?? []) {
    const group = await findAffinityGroup(db, id)
    if (group === undefined) throw notFound('affinitygroupids', 'affinity group', id)
    if (group.account !== account)
      throw bad(`Parameter affinitygroupids: affinity group ${group.name} is not of the guest's owner.`)
    groups.push(group)
  }
  for (const name of new Set(affinitygroupnames)) {
    const group = await affinityGroupNamed(db, account, name)
    if (group === undefined)
      throw bad(`Parameter affinitygroupnames: the owner has no affinity group '${name.slice(0, 60)}'.`)
    groups.push(group)
  }
  return groups
}
