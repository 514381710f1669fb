import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findReferred } from '../../model/existence.ts'
import type { Database } from '../../model/schema.ts'
import { type ResourceKind, resourceKinds } from '../../model/tag.ts'
import { forbiddenAccounts, seesAll } from '../access.ts'
import type { Context } from '../command.ts'
import { notFound } from '../found.ts'
import * as p from '../parameter.ts'

const kinds = Object.keys(resourceKinds) as ResourceKind[]

export const resourceType = (description: string) => p.choice(description, kinds)

/** What events and jobs call it. */
export const instanceOf = (kind: ResourceKind): string =>
  kind === 'UserVm' ? 'VirtualMachine' : kind === 'PublicIpAddress' ? 'IpAddress' : kind

export interface Thing {
  readonly id: string
  /** Whose its tags and details are; of what is nobody's, the caller's. */
  readonly account: string
}

/** The things, where the caller may change them; one that it may not see answers as one that does not exist. */
export const thingsOf = async (
  { caller }: Context,
  db: Kysely<Database>,
  {
    parameter,
    kind,
    ids,
  }: { readonly parameter: string; readonly kind: ResourceKind; readonly ids: readonly string[] },
): Promise<Thing[]> => {
  const rows = await findReferred(db, [{ tables: [resourceKinds[kind]], ids }])
  const owners = rows.flatMap(({ account }) => (account === null ? [] : [account]))
  const forbidden = new Set(await forbiddenAccounts(db, caller, owners))
  const visible = new Map(
    rows.filter(({ account }) => account === null || !forbidden.has(account)).map((row) => [row.id, row]),
  )
  return ids.map((id) => {
    const row = visible.get(id)
    // What belongs to the cloud is its administrators' to describe.
    if (row === undefined || (row.account === null && !seesAll(caller))) throw notFound(parameter, kind, id)
    return { id, account: row.account ?? caller.accountid }
  })
}

/** Names by their keys; one that is given twice, or nothing, is an error. */
export const distinct = <T extends { readonly key: string }>(parameter: string, items: readonly T[]): readonly T[] => {
  const [first, ...rest] = items
  if (first === undefined)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter ${parameter}: it is empty: give at least one.`)
  const keys = new Set([first.key, ...rest.map(({ key }) => key)])
  if (keys.size < items.length)
    throw new SysvmError('SYSVM_API_PARAMETER', `Parameter ${parameter}: a key comes twice.`)
  return items
}
