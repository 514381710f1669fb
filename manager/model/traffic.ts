import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { type Accounts, whether } from './among.ts'
import { addressContains } from './contains.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { TrafficTable } from './schema/routing.ts'
import type { Database } from './schema.ts'

export type Traffic = Selectable<TrafficTable> & {
  readonly networkname: string | null
  readonly vpcname: string | null
  readonly guestname: string | null
}

export interface TrafficFilter {
  /** Only of what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly kind?: 'Guest' | 'PublicIp' | undefined
  readonly network?: string | undefined
  readonly vpc?: string | undefined
  readonly guest?: string | undefined
  readonly publicIp?: string | undefined
  readonly keyword?: string | undefined
}

export const findTraffic = (db: Kysely<Database>, filter: TrafficFilter, page: Page): Promise<Found<Traffic>> => {
  let query = db
    .selectFrom('traffic')
    .leftJoin('network', 'network.id', 'traffic.network')
    .leftJoin('vpc', 'vpc.id', 'traffic.vpc')
    .leftJoin('guest', 'guest.id', 'traffic.guest')
    .selectAll('traffic')
    .select(['network.name as networkname', 'vpc.name as vpcname', 'guest.name as guestname'])
    .orderBy('traffic.created')
    .orderBy('traffic.kind')
    .orderBy('traffic.subject')
  if (filter.accounts)
    query = query.where(
      whether(
        filter.accounts,
        (ids) => sql`coalesce(guest.account, network.account, vpc.account) = any(${[...ids]}::uuid[])`,
      ),
    )
  if (filter.kind !== undefined) query = query.where('traffic.kind', '=', filter.kind)
  if (filter.network !== undefined) query = query.where('traffic.network', '=', filter.network)
  if (filter.vpc !== undefined)
    query = query.where((eb) =>
      eb.or([eb('traffic.vpc', '=', filter.vpc ?? ''), eb('network.vpc', '=', filter.vpc ?? '')]),
    )
  if (filter.guest !== undefined) query = query.where('traffic.guest', '=', filter.guest)
  if (filter.publicIp !== undefined)
    query = query.where('traffic.kind', '=', 'PublicIp').where('traffic.subject', '=', filter.publicIp)
  if (filter.keyword) query = query.where(addressContains('traffic.address', filter.keyword))
  return findPage(query, page, 'traffic.id')
}

/** Bytes of guests, in and out, over all their nics. */
export const trafficOfGuests = async (
  db: Kysely<Database>,
  guests: readonly string[],
): Promise<ReadonlyMap<string, { readonly received: number; readonly sent: number }>> => {
  if (guests.length === 0) return new Map()
  const { rows } = await sql<{ guest: string; received: string; sent: string }>`
    select guest, sum(received_bytes) as received, sum(sent_bytes) as sent
    from traffic where kind = 'Guest' and guest = any(${[...guests]}::uuid[])
    group by guest`.execute(db)
  return new Map(rows.map(({ guest, received, sent }) => [guest, { received: Number(received), sent: Number(sent) }]))
}

/** Routers whose counters are due, each for one manager: the moment of reading is written down first. */
export const dueRouters = async (db: Kysely<Database>, intervalSeconds: number): Promise<readonly string[]> => {
  const { rows } = await sql<{ router: string }>`
    insert into router_traffic_read as seen (router, at)
    select id, now() from router where state = 'Running' and desired = 'Running'
    on conflict (router) do update set at = now()
      where seen.at <= now() - make_interval(secs => ${intervalSeconds})
    returning seen.router`.execute(db)
  return rows.map(({ router }) => router)
}

/** What a router says an address ever carried. */
export interface CountedRow {
  readonly kind: 'Guest' | 'PublicIp'
  readonly address: string
  readonly received_bytes: number
  readonly received_packets: number
  readonly sent_bytes: number
  readonly sent_packets: number
}

/** Guests' nics behind a router that have IPv6, with what their addresses follow from. */
export const guestNics6 = async (trx: Transaction<Database>, router: string) => {
  const { rows } = await sql<{ nic: string; mac: string; address6: string | null; ip6cidr: string }>`
    select nic.id as nic, nic.mac::text, host(nic.address6) as address6, network.ip6cidr::text
    from router
    join network on network.id = router.network or network.vpc = router.vpc
    join nic on nic.network = network.id and nic.guest is not null and nic.mac is not null
    where router.id = ${router} and network.ip6cidr is not null`.execute(trx)
  return rows
}

/**
 * Adds what a router counted since it was last read. Its own sums only grow; if they are behind what was read, its disk
 * began anew, and all it has is new. What belongs to nobody that is known any more is dropped.
 */
export const addTraffic = async (
  trx: Transaction<Database>,
  router: string,
  rows: readonly CountedRow[],
  six: readonly { readonly address: string; readonly nic: string }[],
): Promise<void> => {
  await sql`
    with read as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (
        kind text, address inet, received_bytes bigint, received_packets bigint, sent_bytes bigint, sent_packets bigint)
    ), six as (
      select * from jsonb_to_recordset(${JSON.stringify(six)}::jsonb) as row (address inet, nic uuid)
    ), since as (
      select read.kind, read.address,
        read.received_bytes - case when anew then 0 else seen.received_bytes end as received_bytes,
        read.received_packets - case when anew then 0 else seen.received_packets end as received_packets,
        read.sent_bytes - case when anew then 0 else seen.sent_bytes end as sent_bytes,
        read.sent_packets - case when anew then 0 else seen.sent_packets end as sent_packets
      from read
      left join router_traffic seen
        on seen.router = ${router} and seen.kind = read.kind and seen.address = read.address
      cross join lateral (select seen.router is null
        or read.received_bytes < seen.received_bytes or read.sent_bytes < seen.sent_bytes) as reset (anew)
    ), kept as (
      insert into router_traffic (router, kind, address, received_bytes, received_packets, sent_bytes, sent_packets)
      select ${router}, kind, address, received_bytes, received_packets, sent_bytes, sent_packets from read
      on conflict (router, kind, address) do update set
        received_bytes = excluded.received_bytes, received_packets = excluded.received_packets,
        sent_bytes = excluded.sent_bytes, sent_packets = excluded.sent_packets
    ), subject as (
      select since.*, nic.id as subject, nic.network, null::uuid as vpc, nic.guest, nic.address as shown
      from since
      left join six on six.address = since.address
      join router on router.id = ${router}
      join network on network.id = router.network or network.vpc = router.vpc
      join nic on nic.network = network.id and nic.guest is not null
        and (nic.address = since.address or nic.id = six.nic)
      where since.kind = 'Guest'
      union all
      select since.*, public_ip.id, public_ip.network, public_ip.vpc, null::uuid, public_ip.address
      from since
      join router on router.id = ${router}
      join public_ip on public_ip.address = since.address
        and (public_ip.network = router.network or public_ip.vpc = router.vpc)
      where since.kind = 'PublicIp'
    )
    insert into traffic as total
      (kind, subject, network, vpc, guest, address, received_bytes, received_packets, sent_bytes, sent_packets)
    -- A nic's addresses of both families are one sum.
    select kind, subject, network, vpc, guest, shown,
      sum(received_bytes), sum(received_packets), sum(sent_bytes), sum(sent_packets)
    from subject
    group by kind, subject, network, vpc, guest, shown
    on conflict on constraint traffic_subject do update set
      received_bytes = total.received_bytes + excluded.received_bytes,
      received_packets = total.received_packets + excluded.received_packets,
      sent_bytes = total.sent_bytes + excluded.sent_bytes,
      sent_packets = total.sent_packets + excluded.sent_packets,
      address = excluded.address, updated = now()`.execute(trx)
}
