import { type Kysely, sql } from 'kysely'
import type { RoleKind } from './schema/identity.ts'
import type { Database } from './schema.ts'

/** A user that may enter now, with all that a caller is made of. */
export interface Entrant {
  readonly userid: string
  readonly username: string
  readonly accountid: string
  readonly account: string
  readonly domainid: string
  readonly domain: string
  readonly domainpath: string
  readonly roleid: string
  readonly roletype: RoleKind
  readonly firstname: string
  readonly lastname: string
  readonly timezone: string | null
  readonly password_hash: string | null
  readonly secret_key_sealed: string | null
}

/** Users whose account, domain and role let them in: what is disabled or locked ends at once. */
const entrants = (db: Kysely<Database>) =>
  db
    .selectFrom('cloud_user')
    .innerJoin('account', 'account.id', 'cloud_user.account')
    .innerJoin('domain', 'domain.id', 'account.domain')
    .innerJoin('role', 'role.id', 'account.role')
    .where('cloud_user.state', '=', 'enabled')
    .where('account.state', '=', 'enabled')
    .where('domain.state', '=', 'Active')
    .where('role.state', '=', 'enabled')
    .select([
      'cloud_user.id as userid',
      'cloud_user.username',
      'account.id as accountid',
      'account.name as account',
      'domain.id as domainid',
      'domain.name as domain',
      'domain.path as domainpath',
      'role.id as roleid',
      'role.type as roletype',
      'cloud_user.firstname',
      'cloud_user.lastname',
      'cloud_user.timezone',
      'cloud_user.password_hash',
      'cloud_user.secret_key_sealed',
    ])

export const entrantOfKey = (db: Kysely<Database>, apiKey: string): Promise<Entrant | undefined> =>
  entrants(db).where('cloud_user.api_key', '=', apiKey).executeTakeFirst()

/** Paths of domains are compared without case. */
export const entrantNamed = (db: Kysely<Database>, path: string, username: string): Promise<Entrant | undefined> =>
  entrants(db)
    .where((eb) => eb(eb.fn('lower', ['domain.path']), '=', path.toLowerCase()))
    .where('cloud_user.username', '=', username)
    .executeTakeFirst()

/**
 * The same one, held until the transaction ends, if it may enter yet and by this very password. Who gives it another
 * password or shuts it or its account out, and then ends its sessions, comes either before or after.
 */
export const stillEntrant = async (
  trx: Kysely<Database>,
  { userid, password_hash }: Pick<Entrant, 'userid' | 'password_hash'>,
): Promise<boolean> => {
  const row = await entrants(trx)
    .where('cloud_user.id', '=', userid)
    .where('cloud_user.password_hash', '=', password_hash)
    // The account first, as its administrators do. Who asks for room in its limits is not waited for.
    .forKeyShare('account')
    .forShare('cloud_user')
    .executeTakeFirst()
  return row !== undefined
}

export interface NewSession {
  /** SHA-256 of what the client keeps. */
  readonly id: Buffer
  readonly sessionkey: Buffer
  readonly user: string
  readonly address: string
}

/** Keeps a session; those that ended by themselves go. */
export const insertSession = async (
  trx: Kysely<Database>,
  { id, sessionkey, user, address }: NewSession,
  idleSeconds: number,
): Promise<void> => {
  await trx
    .deleteFrom('session')
    .where('last_used', '<', sql<Date>`now() - make_interval(secs => ${idleSeconds})`)
    .execute()
  await trx.insertInto('session').values({ id, sessionkey, cloud_user: user, address }).execute()
}

/** Who a session is, and its key; undefined when it was idle for too long. Being asked for keeps it awake. */
export const useSession = async (
  db: Kysely<Database>,
  id: Buffer,
  idleSeconds: number,
): Promise<(Entrant & { readonly sessionkey: Buffer }) | undefined> => {
  const row = await entrants(db)
    .innerJoin('session', 'session.cloud_user', 'cloud_user.id')
    .where('session.id', '=', id)
    .where('session.last_used', '>=', sql<Date>`now() - make_interval(secs => ${idleSeconds})`)
    .select(['session.sessionkey', sql<number>`extract(epoch from now() - session.last_used)::float8`.as('idle')])
    .executeTakeFirst()
  if (row === undefined) return undefined
  // A page of an interface asks for a dozen things at once: one of them writes.
  if (row.idle > Math.min(30, idleSeconds / 10))
    await db.updateTable('session').set({ last_used: sql`now()` }).where('id', '=', id).execute()
  return row
}

export const endSession = async (db: Kysely<Database>, id: Buffer): Promise<void> => {
  await db.deleteFrom('session').where('id', '=', id).execute()
}

/** Of one user, or of all users of an account. */
export const endSessionsOf = async (
  trx: Kysely<Database>,
  whose: { readonly user: string } | { readonly account: string },
): Promise<void> => {
  const query = trx.deleteFrom('session')
  if ('user' in whose) await query.where('cloud_user', '=', whose.user).execute()
  else
    await query
      .where('cloud_user', 'in', (eb) =>
        eb.selectFrom('cloud_user as member').select('member.id').where('member.account', '=', whose.account),
      )
      .execute()
}
