import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import { type SettingName, settingsAt } from '../settings/index.ts'
import { type LimitKind, limitKinds, UNLIMITED } from './kinds.ts'

/** Whose limits: an account's, a project's (by its account), or those of a domain with all that is beneath it. */
export interface Limited {
  readonly kind: 'account' | 'project' | 'domain'
  /** Of the account or the domain. */
  readonly id: string
  /** The root administrator and ROOT have no limits. */
  readonly unlimited: boolean
}

/** Most of each kind by its number; -1: as many as they like. */
export type Limits = ReadonlyMap<number, number>

const keyOf = (kind: Limited['kind'], { key }: LimitKind): SettingName | undefined =>
  kind === 'project' && key === 'projects' ? undefined : (`max.${kind}.${key}` as SettingName)

/** Their limits by id: those that were set, else those of the configuration. Two queries, for many as for one. */
export const limitsOf = async (
  db: Kysely<Database>,
  whose: readonly Limited[],
): Promise<ReadonlyMap<string, Limits>> => {
  const ids = whose.map(({ id }) => id)
  const { rows } = await sql<{ id: string; type: number; most: string }>`
    select coalesce(account, domain)::text as id, type, most from resource_limit
    where account = any(${ids}::uuid[]) or domain = any(${ids}::uuid[])`.execute(db)
  const kinds = [...new Set(whose.filter(({ unlimited }) => !unlimited).map(({ kind }) => kind))]
  const names = kinds.flatMap((kind) => limitKinds.flatMap((one) => keyOf(kind, one) ?? []))
  const defaults: Readonly<Partial<Record<SettingName, string>>> = names.length === 0 ? {} : await settingsAt(db, names)
  const most = (kind: Limited['kind'], unlimited: boolean, set?: ReadonlyMap<number, number>): Limits =>
    new Map(
      limitKinds.map((one) => {
        const key = keyOf(kind, one)
        if (unlimited || key === undefined) return [one.type, UNLIMITED]
        return [one.type, set?.get(one.type) ?? Number(defaults[key])]
      }),
    )
  const sets = new Map<string, Map<number, number>>()
  for (const { id, type, most } of rows) sets.set(id, (sets.get(id) ?? new Map()).set(type, Number(most)))
  // Nearly all of a page have the same: what the configuration says for their kind.
  const usual = new Map<string, Limits>()
  return new Map(
    whose.map(({ kind, id, unlimited }) => {
      const set = sets.get(id)
      if (set !== undefined) return [id, most(kind, unlimited, set)]
      const key = `${kind} ${unlimited}`
      const limits = usual.get(key) ?? most(kind, unlimited)
      usual.set(key, limits)
      return [id, limits]
    }),
  )
}

/** Sets a limit. */
export const setLimit = async (
  trx: Kysely<Database>,
  { kind, id }: Limited,
  type: number,
  most: number,
): Promise<void> => {
  const column = kind === 'domain' ? 'domain' : 'account'
  await sql`insert into resource_limit (${sql.ref(column)}, type, most) values (${id}, ${type}, ${most})
    on conflict (${sql.ref(column)}, type) do update set most = excluded.most`.execute(trx)
}
