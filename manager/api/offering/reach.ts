import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { findDomain } from '../../model/domain.ts'
import type { Database } from '../../model/schema.ts'
import { findZone } from '../../model/zone.ts'
import { notFound } from '../found.ts'
import * as p from '../parameter.ts'

/** For whom a new offering is. */
export const reachParams = {
  domainid: p.uuids('Domains that may use it, with those beneath them, comma-joined; default: all.'),
  zoneid: p.uuids('Zones that it can be used in, comma-joined; default: all.'),
}

/** The same of an offering that is changed: a text, for it may also be a word. */
export const newReachParams = {
  domainid: p.text('New domains that may use it, comma-joined; public: all.', 37_000),
  zoneid: p.text('New zones that it can be used in, comma-joined; all: every one.', 37_000),
}

/** Longest text of tags. */
const TAGS = 255
const tag = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/

/** Tags with commas, each once; empty: none. */
export const readTags = (parameter: string, given: string): string => {
  const tags = [...new Set(given.split(',').map((word) => word.replaceAll(/^ +| +$/g, '')))].filter(Boolean)
  const wrong = tags.find((word) => !tag.test(word))
  if (wrong !== undefined || given.length > TAGS)
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter ${parameter}: '${(wrong ?? given).slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?')}' is no tag of letters, digits, dots, hyphens, colons and underscores.`,
    )
  return tags.join(',')
}

const read = (parameter: 'domainid' | 'zoneid', every: string, given: string): readonly string[] => {
  if (given.trim().toLowerCase() === every) return []
  const parsed = reachParams[parameter].schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new SysvmError(
    'SYSVM_API_PARAMETER',
    `Parameter ${parameter}: is neither ${every} nor UUIDs with commas, each once.`,
  )
}

interface Asked {
  readonly domainid?: string | readonly string[] | undefined
  readonly zoneid?: string | readonly string[] | undefined
}

/** The columns of what was given; 431 when a domain or zone is not there. */
export const readReach = async (
  db: Kysely<Database>,
  { domainid, zoneid }: Asked,
): Promise<{ domains?: string[]; zones?: string[] }> => {
  const domains = typeof domainid === 'string' ? read('domainid', 'public', domainid) : domainid
  const zones = typeof zoneid === 'string' ? read('zoneid', 'all', zoneid) : zoneid
  for (const id of domains ?? []) if ((await findDomain(db, id)) === undefined) throw notFound('domainid', 'domain', id)
  for (const id of zones ?? []) if ((await findZone(db, id)) === undefined) throw notFound('zoneid', 'zone', id)
  return { ...(domains && { domains: [...domains] }), ...(zones && { zones: [...zones] }) }
}

/** Whose offerings a caller sees: an administrator of the cloud those of all domains. */
export const offeringsOf = (caller: { readonly roletype: string; readonly domainpath: string }): string | undefined =>
  caller.roletype === 'Admin' || caller.roletype === 'ResourceAdmin' ? undefined : caller.domainpath
