import { type ErrorCode, SysvmError } from '@sysvm/errors'
import { type Kysely, sql } from 'kysely'
import { isPermanentCode } from '../jobs/backoff.ts'
import type { Database } from '../model/database.ts'

interface Blocker {
  readonly kind: 'network' | 'vpc' | 'router'
  readonly name: string
  readonly code: string
  readonly reason: string | null
}

/** What stands in the way of a network for good: its own last error, its VPC's or its router's, unless changed since. */
export const failIfBlocked = async (
  db: Kysely<Database>,
  network: string,
  kinds: readonly Blocker['kind'][],
): Promise<void> => {
  const { rows } = await sql<Blocker>`
    select backoff.kind, network.name, backoff.code, coalesce(router.reason, vpc.reason, network.reason) as reason
    from network
    left join vpc on vpc.id = network.vpc
    left join router on router.network = network.id or router.vpc = network.vpc
    join backoff on (backoff.kind = 'network' and backoff.target = network.id and backoff.revision >= network.revision)
      or (backoff.kind = 'vpc' and backoff.target = vpc.id and backoff.revision >= vpc.revision)
      or (backoff.kind = 'router' and backoff.target = router.id
          and backoff.revision >= coalesce(vpc.revision, network.revision))
    where network.id = ${network}`.execute(db)
  refuse(rows, kinds, { network })
}

/** The same for a VPC: its router's last error. */
export const failIfVpcBlocked = async (db: Kysely<Database>, vpc: string): Promise<void> => {
  const { rows } = await sql<Blocker>`
    select backoff.kind, vpc.name, backoff.code, router.reason
    from vpc join router on router.vpc = vpc.id
    join backoff on backoff.kind = 'router' and backoff.target = router.id and backoff.revision >= vpc.revision
    where vpc.id = ${vpc}`.execute(db)
  refuse(rows, ['router'], { vpc })
}

const refuse = (
  rows: readonly Blocker[],
  kinds: readonly Blocker['kind'][],
  details: Readonly<Record<string, string>>,
): void => {
  const blocker = rows.find((row) => kinds.includes(row.kind) && isPermanentCode(row.code))
  if (blocker === undefined) return
  throw new SysvmError(blocker.code as ErrorCode, blocker.reason ?? `${blocker.name} is not served.`, { details })
}

/** Somebody changed something: what failed before is tried afresh. */
export const forgetFailures = async (db: Kysely<Database>, network: string): Promise<void> => {
  await sql`delete from backoff where (kind = 'network' and target = ${network})
    or (kind = 'vpc' and target = (select vpc from network where id = ${network}))
    or (kind = 'router' and target in (
      select router.id from router join network on router.network = network.id or router.vpc = network.vpc
      where network.id = ${network}))`.execute(db)
}
