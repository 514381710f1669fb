import { type Kysely, sql } from 'kysely'
import type { Database } from './database.ts'

/** It is one of two for good. */
const isRedundant = sql<boolean>`(
  exists (select from network where network.id = router.network and network.redundant)
  or exists (select from vpc where vpc.id = router.vpc and vpc.redundant))`

/** It is to run, and the other one of the two runs, as far as is known: who is alone has no deadline. */
const isLeased = (
  seconds: number,
) => sql<boolean>`(${seconds}::integer > 0 and router.desired = 'Running' and ${isRedundant}
  and exists (
    select from router peer join host peerhost on peerhost.id = peer.host
    where peer.id <> router.id and (peer.network = router.network or peer.vpc = router.vpc)
      and peer.desired = 'Running' and peer.state = 'Running' and peerhost.state = 'Up'))`

/** What is asked of a host about one router. */
export interface Asked {
  readonly router: string
  readonly number: number
  readonly seq: string
  /** A deadline from now on, or none any more. */
  readonly kept: boolean
}

/** Hosts that are to be asked for deadlines, or for the end of some; of all that are not Removed where none are named. */
export const leasedHosts = async (
  db: Kysely<Database>,
  seconds: number,
  hosts?: readonly string[],
): Promise<readonly string[]> => {
  const named = hosts === undefined ? sql`true` : sql`host = any(${[...hosts]}::uuid[])`
  const { rows } = await sql<{ host: string }>`
    select host from router_lease where ${named}
    union select host from router where host is not null and ${named} and ${isLeased(seconds)}`.execute(db)
  return rows.map(({ host }) => host)
}

/**
 * Writes down what the host is asked next: deadlines of routers that are to have one, so many `seconds` after
 * `at`, and the end of those of others. Never earlier than what the host may have been told before.
 */
export const askForLeases = async (
  db: Kysely<Database>,
  host: string,
  seconds: number,
  at: string,
): Promise<readonly Asked[]> => {
  const { rows } = await sql<Asked>`
    with locked as materialized (
      -- Routers may have changed places: whoever asks their hosts takes their rows in one order.
      select router from router_lease
      where host = ${host} or router in (select id from router where host = ${host})
      order by router for update
    ), kept as (
      insert into router_lease as lease (router, host, seq, until, seconds)
      select router.id, router.host, nextval('router_lease_seq'), ${at}::timestamptz + make_interval(secs => ${seconds}), ${seconds}
      from router where router.host = ${host} and ${isLeased(seconds)} and (select count(*) from locked) >= 0
      order by router.id
      on conflict (router) do update set host = excluded.host, seq = excluded.seq,
        until = case when lease.host = excluded.host then greatest(lease.until, excluded.until) else excluded.until end,
        seconds = case when lease.host = excluded.host then greatest(lease.seconds, excluded.seconds) else excluded.seconds end,
        held = lease.held and lease.host = excluded.host
      returning router, seq
    ), ended as (
      update router_lease set held = false, seq = nextval('router_lease_seq')
      where router in (select router from locked) and host = ${host} and router not in (select id from router where host = ${host} and ${isLeased(seconds)})
      returning router, seq
    )
    select asked.router, router.number, asked.seq, asked.kept
    from (select router, seq, true as kept from kept union all select router, seq, false from ended) asked
    join router on router.id = asked.router`.execute(db)
  return rows
}

/** What the host said that it has counts unless something else was asked for meanwhile. */
export const noteLeases = async (
  db: Kysely<Database>,
  host: string,
  held: readonly Asked[],
  seconds: number,
): Promise<void> => {
  if (held.length === 0) return
  const known = sql`(select * from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as known (router uuid, seq bigint, kept boolean))`
  await sql`
    with ended as (
      delete from router_lease lease using ${known} known
      where lease.router = known.router and lease.host = ${host} and lease.seq = known.seq and not known.kept)
    update router_lease lease set held = true, seconds = ${seconds}
    from ${known} known
    where lease.router = known.router and lease.host = ${host} and lease.seq = known.seq and known.kept`.execute(db)
}

/** Before anybody may start the machine: that its host will end it is not known any more. */
export const doubtLease = async (db: Kysely<Database>, router: string, host: string): Promise<void> => {
  await sql`
    update router_lease set held = false, seq = nextval('router_lease_seq')
    where router = ${router} and host = ${host}`.execute(db)
}

/**
 * Before a machine is started that must not have a deadline: a number to ask its end with. Undefined for a router that never
 * has one on this host, as far as is known.
 */
export const beginLease = async (db: Kysely<Database>, router: string, host: string): Promise<string | undefined> => {
  const { rows } = await sql<{ seq: string }>`
    insert into router_lease as lease (router, host, seq, until, seconds)
    select id, ${host}::uuid, nextval('router_lease_seq'), clock_timestamp(), 0 from router
    where id = ${router} and (${isRedundant} or exists (
      select from router_lease known where known.router = router.id and known.host = ${host}::uuid))
    on conflict (router) do update set host = excluded.host, seq = excluded.seq, held = false
    returning seq`.execute(db)
  return rows[0]?.seq
}

/** A host knows higher numbers than this database: it gives out none of those. Whoever takes a number holds a row. */
export const raiseLeases = (db: Kysely<Database>, above: number): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await sql`lock table router_lease in share row exclusive mode`.execute(trx)
    await sql`select setval('router_lease_seq', greatest(nextval('router_lease_seq'), ${above}::bigint))`.execute(trx)
  })

/** A router under a deadline that nobody renews. */
export interface Unrenewed {
  readonly router: string
  readonly seq: string
  readonly seconds: number
  /** By the database's clock, on a host that is Down. */
  readonly over: boolean
  /** The other router is said to serve. */
  readonly served: boolean
}

/** Seconds after the end of a lease until it is over for others: clocks may be slewed, by a tenth each. */
export const marginOf = (leaseSeconds: number, marginSeconds: number): number => marginSeconds + leaseSeconds / 5

const unrenewed = (marginSeconds: number) => sql`
  router_lease lease join router on router.id = lease.router and router.host = lease.host
  join host on host.id = lease.host and host.state not in ('Up', 'Removed'),
  -- For a host that may be back any moment others wait, such as the networks of the router that would come in its place.
  lateral (select host.state = 'Down' and lease.until + make_interval(secs => ${marginSeconds}::float8 + lease.seconds / 5.0) < clock_timestamp() as over) passed`

/** Those whose host does not answer. */
export const unrenewedLeases = async (db: Kysely<Database>, marginSeconds: number): Promise<readonly Unrenewed[]> => {
  const { rows } = await sql<Unrenewed>`
    select lease.router, lease.seq, lease.seconds, passed.over, exists (
      select from router peer where peer.id <> router.id and (peer.network = router.network or peer.vpc = router.vpc)
        and peer.state = 'Running' and peer.redundant_state = 'PRIMARY') as served
    from ${unrenewed(marginSeconds)}
    where lease.held and router.desired = 'Running'`.execute(db)
  return rows
}

/**
 * Whether the lease with this number is over, and the router's to be taken elsewhere. Neither its host nor anybody who
 * renews it changes that until the transaction ends.
 */
export const holdOverdue = async (
  trx: Kysely<Database>,
  router: string,
  seq: string,
  marginSeconds: number,
): Promise<boolean> => {
  const { rows } = await sql<{ over: boolean }>`
    select passed.over from ${unrenewed(marginSeconds)}
    where lease.router = ${router} and lease.held and lease.seq = ${seq} and router.desired = 'Running'
    for update of router, lease, host`.execute(trx)
  return rows[0]?.over === true
}
