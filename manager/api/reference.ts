import type { Kysely } from 'kysely'
import { findDomain, isWithin } from '../model/domain.ts'
import { findReferred, kindOf, type Named, type Reference, type Referred } from '../model/existence.ts'
import { openTo } from '../model/ownership.ts'
import type { Database } from '../model/schema.ts'
import { forbiddenAccounts, seesAll } from './access.ts'
import type { Caller } from './caller.ts'
import type { Command, Context } from './command.ts'
import { notFound } from './found.ts'
import { ALL_PROJECTS } from './parameter.ts'
import { mapReferences, parameterReferences, subjects } from './references.ts'

/** Whatever of a command the references are read from. */
type Naming = Pick<Command, 'params' | 'response' | 'subject' | 'references'>

const listOf = (named: Named | readonly Named[]): readonly Named[] => (typeof named === 'string' ? [named] : named)

/** What a parameter's ids name: tables of which one has each; undefined: nothing is known of it. */
export const referenceOf = (command: Naming, name: string): readonly Named[] | undefined => {
  const named =
    name === 'id' || name === 'ids'
      ? (command.subject ?? subjects[command.response.object])
      : (command.references?.[name] ?? parameterReferences[name])
  return named && listOf(named)
}

interface Given extends Reference {
  readonly parameter: string
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The ids of a map parameter's entries; what is no UUID is left to the command, which says so. */
const idsOfMap = (entries: readonly Readonly<Record<string, string>>[], key: string): string[] =>
  entries
    .flatMap((entry) => Object.entries(entry).filter(([name]) => name.toLowerCase() === key))
    .map(([, value]) => value)
    .filter((value) => UUID.test(value))
    .map((value) => value.toLowerCase())

/** Every id that a call names, by parameter. */
export const referencesIn = (command: Naming, values: Readonly<Record<string, unknown>>): Given[] =>
  Object.entries(command.params).flatMap(([parameter, { type, identifies }]) => {
    const value = values[parameter]
    if (value === undefined || value === ALL_PROJECTS) return []
    if (type === 'map') {
      const { key = '', tables = [] } = mapReferences[parameter] ?? {}
      const ids = idsOfMap(value as readonly Readonly<Record<string, string>>[], key)
      return ids.length === 0 ? [] : [{ parameter, tables, ids }]
    }
    const tables = identifies === undefined ? undefined : referenceOf(command, parameter)
    if (tables === undefined) return []
    return [{ parameter, tables, ids: Array.isArray(value) ? (value as string[]) : [String(value)] }]
  })

const maySeeDomain = async (db: Kysely<Database>, caller: Caller, id: string): Promise<boolean> => {
  if (id === caller.domainid) return true
  if (caller.roletype !== 'DomainAdmin') return false
  const domain = await findDomain(db, id)
  return domain !== undefined && isWithin(domain.path, caller.domainpath)
}

/** Of the rows that there are, those that the caller may see. */
const visible = async (db: Kysely<Database>, caller: Caller, rows: readonly Referred[]): Promise<Referred[]> => {
  if (seesAll(caller)) return [...rows]
  const owners = rows.flatMap(({ account }) => (account === null ? [] : [account]))
  const forbidden = new Set(await forbiddenAccounts(db, caller, owners))
  const seen: Referred[] = []
  for (const row of rows) {
    const open = openTo(row.table)
    const may =
      open === 'domain'
        ? await maySeeDomain(db, caller, row.id)
        : open !== 'admins' && !forbidden.has(row.account ?? '')
    if (may) seen.push(row)
  }
  return seen
}

/** Accounts that have what a call names; what is not there has none. */
export const ownersNamed = async (
  db: Kysely<Database>,
  command: Naming,
  values: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> => {
  const rows = await findReferred(db, referencesIn(command, values))
  return [...new Set(rows.flatMap(({ account }) => account ?? []))]
}

/** Whether there is such a thing as the command's answer is of, and the caller may see it. */
export const maySee = async (
  { db, caller }: Pick<Context, 'db' | 'caller'>,
  command: Naming,
  id: string,
): Promise<boolean> => {
  const tables = referenceOf(command, 'id')
  if (tables === undefined || seesAll(caller)) return seesAll(caller)
  return (await visible(db, caller, await findReferred(db, [{ tables, ids: [id] }]))).length > 0
}

/**
 * Refuses (431) a call that names what is not there, or what its caller may not see: both answer the same bytes. It
 * comes before the command looks at anything, and holds for every id of every command.
 */
export const checkReferences = async (
  { db, caller }: Pick<Context, 'db' | 'caller'>,
  command: Naming,
  values: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const given = referencesIn(command, values)
  const seen = await visible(db, caller, await findReferred(db, given))
  const known = new Set(seen.map(({ index, id }) => `${index} ${id}`))
  for (const [index, { parameter, tables, ids }] of given.entries()) {
    const missing = ids.find((id) => !known.has(`${index} ${id}`))
    if (missing !== undefined) throw notFound(parameter, kindOf(tables), missing)
  }
}
