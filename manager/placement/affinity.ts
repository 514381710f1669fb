import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../model/database.ts'
import type { AffinityGroupTable } from '../model/schema.ts'

type AffinityType = AffinityGroupTable['type']

/** Where the others of a guest's affinity groups are or go to; those that are destroyed do not count. */
export const neighboursOf = (guest: string | undefined): RawBuilder<unknown> => sql`
  select affinity_group.type, affinity_group.name, held.host, other.id as guest, other.desired, other.state
  from affinity_member own
  join affinity_group on affinity_group.id = own.affinity_group
  join affinity_member member on member.affinity_group = own.affinity_group and member.guest <> own.guest
  join guest other on other.id = member.guest and other.desired in ('Running', 'Stopped')
  cross join lateral unnest(array[other.host, other.target_host]) held(host)
  where own.guest = ${guest ?? null} and held.host is not null`

const type = (value: AffinityType) => sql.lit(value)

const hostsIn = (value: AffinityType) => sql`array(select neighbour.host from neighbour where type = ${type(value)})`

/**
 * Whether strict groups let the guest onto a host, in SQL over `host` and `neighbour`, which is neighboursOf: read once.
 * The planner would take a bare equation for one host of all, and plan for that.
 */
export const allowedHost: RawBuilder<boolean> = sql`(host.id <> all(${hostsIn('host anti-affinity')})
  and coalesce(host.id = all(${hostsIn('host affinity')}), false))`

/** How much the other groups speak for a host: those that want it less those that do not. */
export const preference: RawBuilder<number> = sql`coalesce((
  select sum(case type when ${type('non-strict host affinity')} then 1 when ${type('non-strict host anti-affinity')} then -1
    else 0 end)::int from neighbour where neighbour.host = host.id), 0)`

/** Names of the strict groups that somebody else is placed in. */
export const strictGroups = async (trx: Kysely<Database>, guest: string): Promise<readonly string[]> => {
  const { rows } = await sql<{ name: string }>`
    select distinct name from (${neighboursOf(guest)}) neighbour
    where type in (${type('host affinity')}, ${type('host anti-affinity')}) order by name`.execute(trx)
  return rows.map(({ name }) => name)
}

/**
 * The strict group that a guest would break by running where its disk is: of two that start together the one with the
 * smaller id stays.
 */
export const brokenGroup = async (db: Kysely<Database>, guest: string, host: string): Promise<string | undefined> => {
  const { rows } = await sql<{ name: string }>`
    select name from (${neighboursOf(guest)}) neighbour
    where desired = 'Running' and (state = 'Running' or guest < ${guest}::uuid)
      and ((type = ${type('host anti-affinity')} and host = ${host}) or (type = ${type('host affinity')} and host <> ${host}))
    order by name limit 1`.execute(db)
  return rows[0]?.name
}
