import { type ErrorCode, SysvmError } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import { isPermanentCode } from '../jobs/backoff.ts'
import type { Database } from '../model/database.ts'

interface Blocker {
  readonly kind: 'network' | 'router'
  readonly name: string
  readonly code: string
  readonly reason: string | null
}

/** What stands in the way of a network for good: its own last error, or its router's, unless it was changed since. */
export const failIfBlocked = async (
  db: Kysely<Database>,
  network: string,
  kinds: readonly Blocker['kind'][],
): Promise<void> => {
  const { rows } = await sql<Blocker>`
    select backoff.kind, network.name, backoff.code, coalesce(router.reason, network.reason) as reason
    from network
    left join router on router.network = network.id
    join backoff on (backoff.kind = 'network' and backoff.target = network.id)
                 or (backoff.kind = 'router' and backoff.target = router.id)
    where network.id = ${network} and backoff.revision >= network.revision`.execute(db)
  const blocker = rows.find((row) => kinds.includes(row.kind) && isPermanentCode(row.code))
  if (blocker === undefined) return
  throw new SysvmError(blocker.code as ErrorCode, blocker.reason ?? `The network ${blocker.name} is not served.`, {
    details: { network },
  })
}

/** Somebody changed something: what failed before is tried afresh. */
export const forgetFailures = async (db: Kysely<Database>, network: string): Promise<void> => {
  await sql`delete from backoff where (kind = 'network' and target = ${network})
    or (kind = 'router' and target in (select id from router where network = ${network}))`.execute(db)
}
