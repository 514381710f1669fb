import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../../model/schema.ts'
import { type Entrant, endSession, insertSession, stillEntrant, useSession } from '../../model/session.ts'
import { numberSetting } from '../../model/settings/index.ts'
import type { Visit } from '../visit.ts'

/** The names that CloudStack's clients know. */
const COOKIE = 'JSESSIONID'
export const SESSION_KEY = 'sessionkey'
const SECRET_BYTES = 32

/** The database has no cookie: who reads it cannot enter by it. */
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()
const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url')

/** Seconds that a session may be idle. */
export const idleSeconds = async (db: Kysely<Database>): Promise<number> =>
  60 * (await numberSetting(db, 'session.timeout'))

/** Ends the session that the client came with. */
export const closeSession = async (db: Kysely<Database>, visit: Visit): Promise<void> => {
  const cookie = visit.cookies.get(COOKIE)
  if (cookie !== undefined) await endSession(db, digest(cookie))
  for (const name of [COOKIE, SESSION_KEY]) visit.setCookie(name, undefined)
}

/** A new session in place of the one that the client came with; its key, or undefined: nobody enters so any more. */
export const openSession = async (
  db: Kysely<Database>,
  visit: Visit,
  user: Entrant,
  idle: number,
): Promise<string | undefined> => {
  const old = visit.cookies.get(COOKIE)
  const cookie = newSecret()
  const key = newSecret()
  const { address } = visit
  const opened = await db.transaction().execute(async (trx) => {
    if (!(await stillEntrant(trx, user))) return false
    if (old !== undefined) await endSession(trx, digest(old))
    await insertSession(trx, { id: digest(cookie), sessionkey: digest(key), user: user.userid, address }, idle)
    return true
  })
  if (!opened) return undefined
  visit.setCookie(COOKIE, cookie)
  visit.setCookie(SESSION_KEY, key)
  return key
}

/**
 * Who the client's session is. The cookie alone is not enough: other sites may make a browser send it, but they cannot
 * know the key.
 */
export const entrantOfSession = async (
  db: Kysely<Database>,
  visit: Visit,
  key: string | undefined,
): Promise<Entrant | undefined> => {
  const cookie = visit.cookies.get(COOKIE)
  if (cookie === undefined || key === undefined) return undefined
  const session = await useSession(db, digest(cookie), await idleSeconds(db))
  return session !== undefined && timingSafeEqual(session.sessionkey, digest(key)) ? session : undefined
}
