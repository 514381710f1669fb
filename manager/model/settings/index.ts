import type { Kysely } from 'kysely'
import { type Place, readSettings } from '../configuration.ts'
import type { Database } from '../schema.ts'
import { entrySettings } from './entry.ts'
import { guestSettings } from './guests.ts'
import { haproxySettings } from './haproxy.ts'
import { limitSettings } from './limits.ts'
import { networkSettings } from './network.ts'
import { recordSettings } from './record.ts'

export type { Place } from '../configuration.ts'
export { type Scope, type Setting, scopes } from './setting.ts'

/**
 * Every key that an operator may set while the manager runs: all act at once. The names are CloudStack's where it has
 * them. A test fails when nothing reads a key.
 */
export const settings = {
  ...entrySettings,
  ...guestSettings,
  ...haproxySettings,
  ...limitSettings,
  ...networkSettings,
  ...recordSettings,
} as const

export type SettingName = keyof typeof settings

export const settingNames = (Object.keys(settings) as SettingName[]).sort()

/** The values that count at a place, by name: the nearest that is set, else the fallback. One query. */
export const settingsAt = async <const N extends SettingName>(
  db: Kysely<Database>,
  names: readonly N[],
  place: Place = {},
): Promise<Readonly<Record<N, string>>> => {
  const set = await readSettings(db, names, place)
  return Object.fromEntries(names.map((name) => [name, set.get(name) ?? settings[name].fallback])) as Record<N, string>
}

export const setting = async (db: Kysely<Database>, name: SettingName, place: Place = {}): Promise<string> =>
  (await settingsAt(db, [name], place))[name]

export const numberSetting = async (db: Kysely<Database>, name: SettingName, place: Place = {}): Promise<number> =>
  Number(await setting(db, name, place))
