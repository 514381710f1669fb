import { type Kysely, sql } from 'kysely'
import { judgeConditions } from './alert-raise.ts'
import type { Database, RedundantState } from './schema.ts'

/** CloudStack's number of alerts about virtual routers. */
const ALERT = 9

/** What two routers serve: an isolated network, or a VPC with its tiers. */
export interface PairScope {
  readonly kind: 'network' | 'vpc'
  readonly id: string
}

/** Of a router's row: it is one of two, be it for a while. */
const isPaired = sql<boolean>`(
  exists (select from network where network.id = router.network and (network.redundant or network.renews is not null))
  or exists (select from vpc where vpc.id = router.vpc and (vpc.redundant or vpc.renews is not null)))`

const scope = sql<PairScope>`case when router.vpc is null then 'network' else 'vpc' end as kind,
  coalesce(router.vpc, router.network) as id`

/** Networks and VPCs with two routers whose roles were not read for so many seconds. */
export const duePairs = async (db: Kysely<Database>, seconds: number): Promise<readonly PairScope[]> => {
  const { rows } = await sql<PairScope>`
    select ${scope} from router
    where router.desired = 'Running' and router.generation > 0 and ${isPaired}
    group by 1, 2
    having coalesce(min(router.role_read), '-infinity') < now() - make_interval(secs => ${seconds})
    order by min(router.role_read) nulls first`.execute(db)
  return rows
}

/** Routers of networks and VPCs that have two. */
export const pairedRouters = async (db: Kysely<Database>): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`select router.id from router where ${isPaired}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Whether the one router of a network or VPC is being replaced by way of a second one. */
export const isRenewed = async (db: Kysely<Database>, { kind, id }: PairScope): Promise<boolean> => {
  const row = await db.selectFrom(kind).select('renews').where('id', '=', id).executeTakeFirst()
  return row?.renews != null
}

/** What a router serves as one of two; undefined for one that is alone. */
export const scopeOfPair = async (db: Kysely<Database>, router: string): Promise<PairScope | undefined> => {
  const { rows } =
    await sql<PairScope>`select ${scope} from router where router.id = ${router} and ${isPaired}`.execute(db)
  return rows[0]
}

export interface SeenRole {
  readonly router: string
  readonly state: RedundantState
  readonly own: number | null
  readonly peer: number | null
}

/** Of what is unknown `least` would make the bound. */
const atMost = (column: string) =>
  sql`case when ${sql.ref(column)} is not null then least(${sql.ref(column)}, 2147483647) end`

/** Writes down what the routers of a pair were seen to be, at one moment. Of counts that no router has the most that fits. */
export const saveRoles = async (db: Kysely<Database>, seen: readonly SeenRole[]): Promise<void> => {
  await sql`
    update router set redundant_state = seen.state, flows_own = ${atMost('seen.own')},
      flows_peer = ${atMost('seen.peer')}, role_read = now()
    from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as seen (router uuid, state text, own bigint, peer bigint)
    where router.id = seen.router`.execute(db)
}

/**
 * Two that serve are cut off from each other; none that serves is an outage. Told once it was seen twice: in the middle
 * of a hand-over either is so for a moment.
 */
export const judgeRoles = async (
  db: Kysely<Database>,
  { kind, id }: PairScope,
  before: readonly RedundantState[],
  after: readonly RedundantState[],
): Promise<void> => {
  const primaries = (states: readonly RedundantState[]): number => states.filter((one) => one === 'PRIMARY').length
  const both = (count: number): boolean => primaries(before) === count && primaries(after) === count
  if (before.length !== after.length || primaries(before) !== primaries(after)) return
  const facts = await db
    .selectFrom(kind)
    .select(['name', 'zone'])
    .where('id', '=', id)
    .where('redundant', '=', true)
    .executeTakeFirst()
  if (facts === undefined) return
  const { name, zone } = facts
  const called = `${kind === 'vpc' ? 'VPC' : 'network'} ${name}`
  const about = { type: ALERT, zone, pod: null }
  await judgeConditions(db, [
    {
      ...about,
      subject: `${id}/primaries`,
      name: `Both routers of ${called} serve`,
      description: 'They do not hear each other: see to the network between their hosts.',
      holds: both(2),
    },
    {
      ...about,
      subject: `${id}/none`,
      name: `No router of ${called} serves`,
      description: 'Neither says that it is the primary: see why with listRouters and getRouterStatus.',
      holds: both(0),
    },
  ])
}
