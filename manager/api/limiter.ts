import { SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import type { Database } from '../model/schema.ts'
import { settingsAt } from '../model/settings/index.ts'
import type { Caller } from './caller.ts'

interface Limits {
  readonly enabled: boolean
  readonly intervalMs: number
  readonly most: number
}

/** A change of the settings acts after so long at the latest. */
const REMEMBERED_MS = 2000

const read = async (db: Kysely<Database>): Promise<Limits> => {
  const values = await settingsAt(db, ['api.throttling.enabled', 'api.throttling.interval', 'api.throttling.max'])
  return {
    enabled: values['api.throttling.enabled'] === 'true',
    intervalMs: Number(values['api.throttling.interval']) * 1000,
    most: Number(values['api.throttling.max']),
  }
}

/** Counts the calls of each account in this process; one too many in an interval is refused with SYSVM_API_LIMIT. */
export const createLimiter = (db: Kysely<Database>, now: () => number = Date.now) => {
  let limits: Limits | undefined
  let readAt = 0
  const windows = new Map<string, { readonly end: number; calls: number }>()
  let tidyAt = 0

  const current = async (): Promise<Limits> => {
    if (limits !== undefined && now() - readAt < REMEMBERED_MS) return limits
    readAt = now()
    limits = await read(db)
    return limits
  }

  return async ({ accountid, roletype }: Caller): Promise<void> => {
    if (roletype === 'Admin') return
    const { enabled, intervalMs, most } = await current()
    if (!enabled) return
    const time = now()
    if (time >= tidyAt) {
      for (const [account, { end }] of windows) if (end <= time) windows.delete(account)
      tidyAt = time + intervalMs
    }
    const known = windows.get(accountid)
    const window = known !== undefined && known.end > time ? known : { end: time + intervalMs, calls: 0 }
    windows.set(accountid, window)
    window.calls += 1
    if (window.calls > most)
      throw new SysvmError(
        'SYSVM_API_LIMIT',
        `The account made more than ${most} calls in ${intervalMs / 1000} s: wait ${Math.ceil((window.end - time) / 1000)} s.`,
      )
  }
}
