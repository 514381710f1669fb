import { Cidr4, DomainName } from '@sysvm/agent/spec'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { readSettings } from '../../model/configuration.ts'
import type { Database } from '../../model/schema.ts'
import { haproxySettings } from './haproxy.ts'

export interface Setting {
  readonly description: string
  readonly category: string
  readonly fallback: string
  readonly schema: z.ZodType<string>
  /** Kept sealed; no answer or message shows it. */
  readonly secret?: true
  /** Whose routers hear of a change at once; those of new and changed networks unless told. */
  readonly reaches?: 'balancers'
}

/** What an operator may set while the manager runs. The names are CloudStack's where it has them. */
export const settings = {
  'guest.cidr': {
    description: 'CIDR of guest networks in zones that have none of their own.',
    category: 'Network',
    fallback: '10.1.1.0/24',
    schema: Cidr4,
  },
  'guest.domain.suffix': {
    description: 'DNS domain of guest networks that name none, in zones that have none.',
    category: 'Network',
    fallback: 'cloud.internal',
    schema: DomainName,
  },
  'router.stats.interval': {
    description: 'Seconds between two readings of the counters of a router.',
    category: 'Network',
    fallback: '300',
    schema: z.string().regex(/^[1-9]\d{0,4}$/, 'is not a whole number of seconds from 1 to 99999'),
  },
  ...haproxySettings,
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof settings

export const settingNames = Object.keys(settings) as SettingName[]

export const setting = async (db: Kysely<Database>, name: SettingName): Promise<string> =>
  (await readSettings(db, [name])).get(name) ?? settings[name].fallback
