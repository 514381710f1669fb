import { type ErrorCode, messageOf } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../model/database.ts'
import { codeOf } from './completion.ts'
import type { Target } from './queue.ts'

const LONGEST_DELAY = 300
/** A host that comes back tells nobody: it is asked for again and again, and soon enough. */
const LONGEST_HOST_DELAY = 20

/** Seconds before the next attempt: doubles from 1 to `longest`, spread by a fifth so that failures do not march in step. */
export const delayAfter = (failures: number, random: () => number = Math.random, longest = LONGEST_DELAY): number =>
  Math.min(longest, 2 ** Math.min(failures - 1, 16)) * (0.9 + 0.2 * random())

const longestOf = ({ kind }: Target): number => (kind === 'host' ? LONGEST_HOST_DELAY : LONGEST_DELAY)

/** Trying again cannot help until somebody changes something: jobs fail at once. */
const permanent: ReadonlySet<string> = new Set<ErrorCode>([
  'SYSVM_CAPACITY',
  'SYSVM_SPEC_INVALID',
  'SYSVM_SPEC_FUTURE',
  'SYSVM_MACHINE_SPEC',
  'SYSVM_HOST_REQUIREMENTS',
  'SYSVM_RESOURCE_STATE',
  'SYSVM_ROUTER_COMMIT',
  'SYSVM_ROUTER_UPGRADE',
  'SYSVM_ROUTER_PATCH',
  'SYSVM_IMAGE_INVALID',
])

export const isPermanentCode = (code: string): boolean => permanent.has(code)

export const isPermanent = (error: unknown): boolean => isPermanentCode(codeOf(error))

/** What rises when a client changes the target: for a router, its network's or VPC's revision; hosts have none. */
export const revisionOf = async (db: Kysely<Database>, { kind, id }: Target): Promise<number> => {
  if (kind === 'host') return 0
  const { rows } =
    kind === 'router'
      ? await sql<{ revision: number }>`
          select coalesce(network.revision, vpc.revision) as revision from router
          left join network on network.id = router.network
          left join vpc on vpc.id = router.vpc
          where router.id = ${id}`.execute(db)
      : await sql<{ revision: number }>`select revision from ${sql.table(kind)} where id = ${id}`.execute(db)
  return rows[0]?.revision ?? 0
}

/** Seconds until a target that failed is tried again; 0 when it may be now, or when somebody changed it since. */
export const secondsUntilDue = async (db: Kysely<Database>, target: Target): Promise<number> => {
  const { kind, id } = target
  const { rows } = await sql<{ revision: number; seconds: number }>`
    select revision, extract(epoch from retry_at - now())::float8 as seconds from backoff
    where kind = ${kind} and target = ${id} and retry_at > now() and not exists (
      select from async_job
      where target_kind = ${kind} and target = ${id} and jobstatus = 0 and created > failed_at)`.execute(db)
  const [row] = rows
  return row === undefined || row.revision < (await revisionOf(db, target)) ? 0 : row.seconds
}

/**
 * Counts the failure of a `revision` and writes its reason into the target's row. Returns the seconds to wait. The row is
 * held first, then its backoff, then what wakes it, here and everywhere.
 */
export const recordFailure = async (
  db: Kysely<Database>,
  target: Target,
  error: unknown,
  revision: number,
): Promise<number> => {
  const code = codeOf(error)
  await sql`update ${sql.table(target.kind)} set reason = ${messageOf(error)} where id = ${target.id}`.execute(db)
  const { failures } = await db
    .insertInto('backoff')
    .values({ kind: target.kind, target: target.id, failures: 1, retry_at: sql`now()`, code, revision })
    .onConflict((conflict) =>
      conflict
        .columns(['kind', 'target'])
        .doUpdateSet({ failures: sql`backoff.failures + 1`, failed_at: sql`now()`, code, revision }),
    )
    .returning('failures')
    .executeTakeFirstOrThrow()
  const longest = longestOf(target)
  const seconds = isPermanent(error) ? longest : delayAfter(failures, Math.random, longest)
  await db
    .updateTable('backoff')
    .set({ retry_at: sql`now() + make_interval(secs => ${seconds})` })
    .where('kind', '=', target.kind)
    .where('target', '=', target.id)
    .execute()
  return seconds
}

export const clearFailures = async (db: Kysely<Database>, target: Target): Promise<void> => {
  await sql`update ${sql.table(target.kind)} set reason = null where id = ${target.id} and reason is not null`.execute(
    db,
  )
  await db.deleteFrom('backoff').where('kind', '=', target.kind).where('target', '=', target.id).execute()
}

/** It does not fail now but waits for something else, which may wake it; what it failed at before still counts. */
export const endBackoff = async (db: Kysely<Database>, { kind, id }: Target): Promise<void> => {
  await db
    .updateTable('backoff')
    .set({ retry_at: sql`now()` })
    .where('kind', '=', kind)
    .where('target', '=', id)
    .execute()
}
