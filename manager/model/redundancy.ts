import { type Kysely, sql } from 'kysely'
import { judgeConditions } from './alert-raise.ts'
import type { Database, RedundantState } from './schema.ts'

/** CloudStack's number of alerts about virtual routers. */
const ALERT = 9

/** Networks with two routers whose roles were not read for so many seconds. */
export const duePairs = async (db: Kysely<Database>, seconds: number): Promise<readonly string[]> => {
  const { rows } = await sql<{ id: string }>`
    select network.id from network
    join router on router.network = network.id and router.desired = 'Running' and router.generation > 0
    where network.redundant or network.renews is not null
    group by network.id
    having coalesce(min(router.role_read), '-infinity') < now() - make_interval(secs => ${seconds})
    order by min(router.role_read) nulls first`.execute(db)
  return rows.map(({ id }) => id)
}

/** It has two routers, be it for a while. */
const hasPair = sql<boolean>`(network.redundant or network.renews is not null)`

/** Routers of networks that have two. */
export const pairedRouters = async (db: Kysely<Database>): Promise<readonly string[]> => {
  const rows = await db
    .selectFrom('network')
    .innerJoin('router', 'router.network', 'network.id')
    .select('router.id')
    .where(hasPair)
    .execute()
  return rows.map(({ id }) => id)
}

/** Whether its one router is being replaced by way of a second one. */
export const isRenewed = async (db: Kysely<Database>, network: string): Promise<boolean> => {
  const row = await db.selectFrom('network').select('renews').where('id', '=', network).executeTakeFirst()
  return row?.renews != null
}

/** The network that a router serves as one of two. */
export const networkOfPair = (db: Kysely<Database>, router: string) =>
  db
    .selectFrom('router')
    .innerJoin('network', 'network.id', 'router.network')
    .select('router.network')
    .where('router.id', '=', router)
    .where(hasPair)
    .executeTakeFirst()

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
  network: string,
  before: readonly RedundantState[],
  after: readonly RedundantState[],
): Promise<void> => {
  const primaries = (states: readonly RedundantState[]): number => states.filter((one) => one === 'PRIMARY').length
  const both = (count: number): boolean => primaries(before) === count && primaries(after) === count
  if (before.length !== after.length || primaries(before) !== primaries(after)) return
  const facts = await db
    .selectFrom('network')
    .select(['id', 'name', 'zone'])
    .where('id', '=', network)
    .where('redundant', '=', true)
    .executeTakeFirst()
  if (facts === undefined) return
  const { id, name, zone } = facts
  const about = { type: ALERT, zone, pod: null }
  await judgeConditions(db, [
    {
      ...about,
      subject: `${id}/primaries`,
      name: `Both routers of network ${name} serve`,
      description: 'They do not hear each other: see to the network between their hosts.',
      holds: both(2),
    },
    {
      ...about,
      subject: `${id}/none`,
      name: `No router of network ${name} serves`,
      description: 'Neither says that it is the primary: see why with listRouters and getRouterStatus.',
      holds: both(0),
    },
  ])
}
