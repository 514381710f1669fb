import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** After so many hours without a failure nothing is held against a name or an address. */
const FORGOTTEN_HOURS = 1
/** Longest wait in seconds after many failures. */
const LONGEST_WAIT = 900

export interface Allowance {
  readonly subject: string
  /** Failures that cost nothing; each one more doubles the wait, from a second on. */
  readonly free: number
}

/**
 * Counts an attempt as a failure before it is made, so that many at once count as many. Returns the seconds to wait
 * when it may not be made now: then it is not counted.
 */
export const countAttempt = async (db: Kysely<Database>, { subject, free }: Allowance): Promise<number> => {
  await sql`delete from login_attempt where last < now() - make_interval(hours => ${FORGOTTEN_HOURS})`.execute(db)
  const { rows } = await sql`
    insert into login_attempt as seen (subject, failures) values (${subject}, 1)
    on conflict (subject) do update set
      failures = seen.failures + 1,
      last = now(),
      free_at = case when seen.failures < ${free}::int then now()
        else now() + make_interval(secs => least(${LONGEST_WAIT}::int, 2 ^ least(seen.failures - ${free}::int, 16))) end
    where seen.free_at <= now()
    returning subject`.execute(db)
  if (rows.length > 0) return 0
  const found = await db
    .selectFrom('login_attempt')
    .select(sql<number>`ceil(extract(epoch from free_at - now()))::int`.as('seconds'))
    .where('subject', '=', subject)
    .executeTakeFirst()
  return Math.max(1, found?.seconds ?? 1)
}

/** The attempt was none: the name's failures are forgotten, of the address this one only. */
export const forgiveAttempt = async (
  db: Kysely<Database>,
  { name, address }: { readonly name: string; readonly address: string },
): Promise<void> => {
  await db.deleteFrom('login_attempt').where('subject', '=', name).execute()
  await db
    .updateTable('login_attempt')
    .set({ failures: sql`greatest(0, failures - 1)` })
    .where('subject', '=', address)
    .execute()
}
