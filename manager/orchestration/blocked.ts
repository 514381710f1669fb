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

/** What stands in the way of a network for good: its own last error, its VPC's or its routers', unless changed since. */
export const failIfBlocked = async (
  db: Kysely<Database>,
  network: string,
  kinds: readonly Blocker['kind'][],
): Promise<void> => {
  const { rows } = await sql<Blocker>`
    select backoff.kind, network.name, backoff.code, coalesce(vpc.reason, network.reason) as reason
    from network
    left join vpc on vpc.id = network.vpc
    join backoff on (backoff.kind = 'network' and backoff.target = network.id and backoff.revision >= network.revision)
      or (backoff.kind = 'vpc' and backoff.target = vpc.id and backoff.revision >= vpc.revision)
    where network.id = ${network}`.execute(db)
  refuse(rows, kinds, { network })
  if (kinds.includes('router')) await failIfRoutersBlocked(db, network)
}

/** One router that cannot do it fails nothing as long as another one has what there is, or may have it yet. */
const failIfRoutersBlocked = async (db: Kysely<Database>, network: string): Promise<void> => {
  const { rows } = await sql<{ name: string; code: string | null; reason: string | null }>`
    select network.name, backoff.code, router.reason
    from network
    left join vpc on vpc.id = network.vpc
    join router on (router.network = network.id or router.vpc = network.vpc) and router.desired = 'Running'
    left join router_network held on held.router = router.id and held.network = network.id
    left join backoff on backoff.kind = 'router' and backoff.target = router.id
      and backoff.revision >= coalesce(vpc.revision, network.revision)
      and not (router.state = 'Running' and coalesce(held.revision, 0) >= network.revision)
    where network.id = ${network} order by router.rank`.execute(db)
  const [first] = rows
  if (first !== undefined && rows.every(({ code }) => code !== null && isPermanentCode(code)))
    throw blockedBy({ ...first, failed: first.code }, first.name, { network })
}

/** The error of a router whose failure stands in the way of what is called `name`. */
export const blockedBy = (
  { failed, reason }: { readonly failed: string | null; readonly reason: string | null },
  name: string,
  details: Readonly<Record<string, string>>,
): SysvmError =>
  new SysvmError((failed ?? 'SYSVM_INTERNAL') as ErrorCode, reason ?? `${name} is not served.`, { details })

const refuse = (
  rows: readonly Blocker[],
  kinds: readonly Blocker['kind'][],
  details: Readonly<Record<string, string>>,
): void => {
  const blocker = rows.find((row) => kinds.includes(row.kind) && isPermanentCode(row.code))
  if (blocker === undefined) return
  throw blockedBy({ ...blocker, failed: blocker.code }, blocker.name, details)
}

/** Somebody changed something: what failed before is tried afresh. */
export const forgetFailures = async (db: Kysely<Database>, network: string): Promise<void> => {
  await sql`delete from backoff where (kind = 'network' and target = ${network})
    or (kind = 'vpc' and target = (select vpc from network where id = ${network}))
    or (kind = 'router' and target in (
      select router.id from router join network on router.network = network.id or router.vpc = network.vpc
      where network.id = ${network}))`.execute(db)
}
