import { type ErrorCode, messageOf } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../model/database.ts'
import { codeOf } from './completion.ts'
import type { Target } from './queue.ts'

const LONGEST_DELAY = 300

/** Seconds before the next attempt: doubles from 1 to 300, spread by a fifth so that failures do not march in step. */
export const delayAfter = (failures: number, random: () => number = Math.random): number =>
  Math.min(LONGEST_DELAY, 2 ** Math.min(failures - 1, 16)) * (0.9 + 0.2 * random())

/** Trying again cannot help until somebody changes something: jobs fail at once. */
const permanent: ReadonlySet<string> = new Set<ErrorCode>([
  'SYSVM_CAPACITY',
  'SYSVM_SPEC_INVALID',
  'SYSVM_SPEC_FUTURE',
  'SYSVM_MACHINE_SPEC',
  'SYSVM_HOST_REQUIREMENTS',
  'SYSVM_RESOURCE_STATE',
  'SYSVM_ROUTER_COMMIT',
  'SYSVM_IMAGE_INVALID',
])

export const isPermanentCode = (code: string): boolean => permanent.has(code)

export const isPermanent = (error: unknown): boolean => isPermanentCode(codeOf(error))

/** Counts the failure and writes its reason into the target's row. Returns the seconds to wait. */
export const recordFailure = async (db: Kysely<Database>, target: Target, error: unknown): Promise<number> => {
  const code = codeOf(error)
  const { failures } = await db
    .insertInto('backoff')
    .values({ kind: target.kind, target: target.id, failures: 1, retry_at: sql`now()`, code })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'target']).doUpdateSet({ failures: sql`backoff.failures + 1`, code }),
    )
    .returning('failures')
    .executeTakeFirstOrThrow()
  const seconds = isPermanent(error) ? LONGEST_DELAY : delayAfter(failures)
  await db
    .updateTable('backoff')
    .set({ retry_at: sql`now() + make_interval(secs => ${seconds})` })
    .where('kind', '=', target.kind)
    .where('target', '=', target.id)
    .execute()
  await sql`update ${sql.table(target.kind)} set reason = ${messageOf(error)} where id = ${target.id}`.execute(db)
  return seconds
}

export const clearFailures = async (db: Kysely<Database>, target: Target): Promise<void> => {
  await db.deleteFrom('backoff').where('kind', '=', target.kind).where('target', '=', target.id).execute()
  await sql`update ${sql.table(target.kind)} set reason = null where id = ${target.id} and reason is not null`.execute(
    db,
  )
}
