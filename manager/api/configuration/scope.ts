import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import type { Place, ScopedTo } from '../../model/configuration.ts'
import { findReferred } from '../../model/existence.ts'
import type { Database } from '../../model/schema.ts'
import { type Scope, type Setting, type SettingName, scopes, settings } from '../../model/settings/index.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'

export const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

/** Whose value of its own is meant; none: the cloud's. */
export const scopeParameters = {
  accountid: p.uuid('Of this account alone.'),
  clusterid: p.uuid('Of this cluster alone.'),
  domainid: p.uuid('Of this domain and those beneath it.'),
  zoneid: p.uuid('Of this zone alone.'),
}

type ScopeValues = { readonly [K in keyof typeof scopeParameters]?: string | undefined }

export const placeOf = ({ accountid, clusterid, domainid, zoneid }: ScopeValues): Place => ({
  account: accountid,
  cluster: clusterid,
  domain: domainid,
  zone: zoneid,
})

export const scopesOf = (name: SettingName): readonly Scope[] => (settings[name] as Setting).scopes ?? []

/** The one thing that was named, which there is; two are refused. */
export const scopedTo = async (db: Kysely<Database>, values: ScopeValues): Promise<ScopedTo | undefined> => {
  const place = placeOf(values)
  const [first, second] = scopes.flatMap((scope) => {
    const id = place[scope]
    return id === undefined ? [] : [{ scope, id }]
  })
  if (second !== undefined)
    throw bad(`Parameters ${first?.scope}id and ${second.scope}id: a value belongs to one of them.`)
  if (first === undefined) return undefined
  const rows = await findReferred(db, [{ tables: [first.scope], ids: [first.id] }])
  found(rows[0], `${first.scope}id`, first.scope, first.id)
  return first
}

/** The key, where it may have a value of its own there. */
export const settingNamed = (given: string, to: ScopedTo | undefined): SettingName => {
  if (!Object.hasOwn(settings, given))
    throw bad(`Parameter name: there is no setting '${given}': listConfigurations names all.`)
  const name = given as SettingName
  if (to !== undefined && !scopesOf(name).includes(to.scope)) {
    const known = scopesOf(name).map((scope) => `a ${scope}`)
    throw bad(
      `Parameter ${to.scope}id: ${name} has no value for ${to.scope}s, only for ${['the cloud', ...known].join(', ')}.`,
    )
  }
  return name
}
