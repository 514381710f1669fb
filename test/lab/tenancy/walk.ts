import type { Command } from '@sysvm/manager/api/command'
import { commands } from '@sysvm/manager/api/commands'
import { referenceOf } from '@sysvm/manager/api/reference'
import { mapReferences } from '@sysvm/manager/api/references'
import { paramsFor } from '@sysvm/manager/api/wire/parameters'
import type { Database } from '@sysvm/manager/model'
import { type Named, openTo, ownedBy, tableOf } from '@sysvm/manager/model/ownership'
import { type Kysely, sql } from 'kysely'
import { goodCall } from '../badinput/good.ts'
import type { Pairs } from '../badinput/serve.ts'
import { NOBODY } from '../refusals.ts'
import type { Tenants } from './lab.ts'

/** Ids of a table's rows: those of some accounts, or of whatever is nobody's. */
const idsOf = async (db: Kysely<Database>, table: Named, accounts: readonly string[]): Promise<string[]> => {
  const { from, key } = tableOf(table)
  const { rows } = await sql<{ id: string }>`
    select ${sql.ref(`${from}.${key}`)}::text as id from ${sql.table(from)} where ${ownedBy(table, accounts)}
    order by 1`.execute(db)
  return rows.map(({ id }) => id)
}

/** A parameter that takes an id, and what it names. */
interface Reference {
  readonly command: Command
  readonly parameter: string
  readonly tables: readonly Named[]
  /** Of a map: the key of its entries. */
  readonly key?: string
}

const referencesOf = (command: Command): Reference[] =>
  Object.entries(command.params).flatMap(([parameter, { type, identifies }]) => {
    const map = type === 'map' ? mapReferences[parameter] : undefined
    if (map !== undefined) return [{ command, parameter, ...map }]
    const tables = identifies === undefined ? undefined : referenceOf(command, parameter)
    return tables === undefined ? [] : [{ command, parameter, tables }]
  })

/** Every parameter of every command that takes the id of something which is not everybody's. */
export const references: readonly Reference[] = commands
  .flatMap(referencesOf)
  .filter(({ tables }) => !tables.every((table) => openTo(table) === 'everyone'))

const openAccount = (table: Named): boolean => openTo(table) === 'account'

/** Ids by what they name: of one tenant, of what he may see, of what he may not. */
export const readIds = async ({ db, accounts, domains, project }: Tenants) => {
  const projects = await db.selectFrom('project').select('account').where('id', '=', project).execute()
  const hers = [accounts.alice, ...projects.map(({ account }) => account)]
  const named = [...new Set(references.flatMap(({ tables }) => tables))]
  const of = async (whose: readonly string[]) =>
    new Map(await Promise.all(named.map(async (table) => [table, await idsOf(db, table, whose)] as const)))
  const foreign = await of(hers)
  foreign.set('domain', [domains.sales])
  const bobs = (await of([accounts.bob])).set('domain', [domains.research])
  const own = { bob: bobs, chief: bobs, neighbour: (await of([accounts.neighbour])).set('domain', [domains.sales]) }
  const secret = new Set([...foreign].flatMap(([table, ids]) => (openAccount(table) ? ids : [])))
  return { foreign, own, secret: new Set([...secret, domains.sales, project]) }
}

export type Ids = Awaited<ReturnType<typeof readIds>>

export const strangers = ['bob', 'chief', 'neighbour'] as const
/** Bob of another domain, that domain's administrator, and somebody of the same domain. */
export type Stranger = (typeof strangers)[number]
export const roleOf = (who: Stranger): 'User' | 'DomainAdmin' => (who === 'chief' ? 'DomainAdmin' : 'User')

const first = (ids: ReadonlyMap<Named, readonly string[]>, tables: readonly Named[]): string | undefined =>
  tables.flatMap((table) => ids.get(table)?.slice(0, 1) ?? [])[0]

/** What of a call is not the tested parameter: its own things' ids where it names things, else what is right. */
const besides = (command: Command, tested: string, who: Stranger, { at }: Tenants, { own }: Ids) => {
  const params = paramsFor(command.params, roleOf(who))
  const named = new Map(referencesOf(command).map(({ parameter, tables }) => [parameter, tables]))
  return Object.entries(goodCall(command, at, tested)).flatMap(([name, value]): [string, string][] => {
    if (name === tested || params[name] === undefined) return []
    const tables = named.get(name)
    if (tables === undefined || tables.every((table) => openTo(table) === 'everyone')) return [[name, value]]
    const mine = first(own[who], tables)
    if (mine !== undefined) return [[name, mine]]
    return params[name].required ? [[name, NOBODY]] : []
  })
}

const given = ({ parameter, key, tables }: Reference, id: string): Pairs => {
  if (key === undefined) return [[parameter, id]]
  const ip = tables.includes('guest') ? 'vmip' : 'ip'
  return [
    [`${parameter}[0].${key}`, id],
    ...(parameter.startsWith('dhcp') ? [] : [[`${parameter}[0].${ip}`, '10.5.0.90'] as const]),
  ]
}

/** What is wrong with how a call answers to another tenant's id; undefined: it answers as to an id that nothing has. */
export const judge = async (
  reference: Reference,
  who: Stranger,
  tenants: Tenants,
  ids: Ids,
): Promise<string | undefined> => {
  const { command, parameter, tables } = reference
  const role = roleOf(who)
  const where = `${command.name}.${parameter} as ${who}`
  if (!command.authorized.includes(role) || paramsFor(command.params, role)[parameter] === undefined) return undefined
  // Somebody of the same domain sees that.
  if (who === 'neighbour' && tables.includes('domain')) return undefined
  const id = first(ids.foreign, tables)
  if (id === undefined) return `${where}: the topology has no ${tables.join(' or ')} of another tenant`
  const others = besides(command, parameter, who, tenants, ids)
  const { send, unexpected } = tenants[who]
  const foreign = await send(command, [...others, ...given(reference, id)])
  const unknown = await send(command, [...others, ...given(reference, NOBODY)])
  if (unexpected.length > 0) return `${where} fails unexpectedly: ${unexpected.splice(0).join()}`
  const [one, other] = [JSON.stringify(foreign).replaceAll(id, NOBODY), JSON.stringify(unknown)]
  if (one !== other) return `${where} answers ${one} and to nobody's ${other}`
  const text = String(foreign.body.errortext)
  return foreign.status === 431 && text.startsWith(`Invalid parameter ${parameter} value=${id} `)
    ? undefined
    : `${where} answers ${foreign.status} ${JSON.stringify(foreign.body)}`
}
