import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, VlanRangeTable } from './schema.ts'

export type VlanRange = Selectable<VlanRangeTable>

export interface VlanRangeFilter {
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly physicalNetwork?: string | undefined
  readonly vlan?: string | undefined
  readonly keyword?: string | undefined
}

export const findVlanRanges = (
  db: Kysely<Database>,
  filter: VlanRangeFilter,
  page: Page,
): Promise<Found<VlanRange>> => {
  let query = db.selectFrom('vlan_range').selectAll().orderBy('created').orderBy('id')
  if (filter.id !== undefined) query = query.where('id', '=', filter.id)
  if (filter.zone !== undefined) query = query.where('zone', '=', filter.zone)
  if (filter.physicalNetwork !== undefined) query = query.where('physical_network', '=', filter.physicalNetwork)
  if (filter.vlan !== undefined) query = query.where('vlan', '=', filter.vlan)
  if (filter.keyword) {
    const texts = sql`concat_ws(' ', vlan, host(startip), host(endip))`
    query = query.where(sql<boolean>`${texts} ilike ${anywhere(filter.keyword)}`)
  }
  return findPage(query, page)
}

/** All ranges of a zone; there are few. */
export const rangesOfZone = (db: Kysely<Database>, zone: string): Promise<VlanRange[]> =>
  db.selectFrom('vlan_range').selectAll().where('zone', '=', zone).execute()

/** The range and, of one with IPv4, a row for each of its addresses, which is what networks take. */
export const insertVlanRange = async (
  trx: Kysely<Database>,
  values: Insertable<VlanRangeTable>,
): Promise<VlanRange> => {
  const range = await trx.insertInto('vlan_range').values(values).returningAll().executeTakeFirstOrThrow()
  if (range.startip === null) return range
  await sql`insert into public_ip (range, address)
    select ${range.id}, ${range.startip}::inet + step
    from generate_series(0, ${range.endip}::inet - ${range.startip}::inet) as step`.execute(trx)
  return range
}

/** Addresses of a range that somebody has, the row locks taken so that none is given away meanwhile. */
export const takenOfRange = async (trx: Kysely<Database>, range: string): Promise<string[]> => {
  const rows = await trx
    .selectFrom('public_ip')
    .select(['address', 'allocated', 'reserved'])
    .where('range', '=', range)
    .orderBy('address')
    .forUpdate()
    .execute()
  return rows.filter((row) => row.allocated !== null || row.reserved).map((row) => row.address)
}

/** Routers that are on the link of a range with IPv6 alone already take their addresses of it. */
export const takeAddresses6 = async (trx: Kysely<Database>, range: string): Promise<void> => {
  await sql`update nic set public_ip = nic.public_ip from public_ip, vlan_side6 side
    where nic.role = 'public' and public_ip.id = nic.public_ip and side.range = public_ip.range
      and side.pool = ${range}`.execute(trx)
}

/** Networks with IPv6 whose routers have that of a range with IPv6 alone. */
export const usersOfRange6 = async (trx: Kysely<Database>, range: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select distinct network.id from network
    join router on router.network = network.id or router.vpc = network.vpc
    join nic on nic.router = router.id and nic.role = 'public'
    join public_ip on public_ip.id = nic.public_ip
    join vlan_side6 side on side.range = public_ip.range and side.pool = ${range}
    join vlan_range on vlan_range.id = side.pool and vlan_range.startip is null
    where network.ip6cidr is not null and network.state <> 'Destroy' order by network.id`.execute(trx)
  return rows.map(({ id }) => id)
}

/** Of the link of a range, the IPv6 network that it has already. */
export const cidr6OfLink = async (
  trx: Kysely<Database>,
  physicalNetwork: string,
  vlan: string,
): Promise<string | undefined> =>
  (
    await trx
      .selectFrom('vlan_range')
      .select('ip6cidr')
      .where('physical_network', '=', physicalNetwork)
      .where('vlan', '=', vlan)
      .where('ip6cidr', 'is not', null)
      .executeTakeFirst()
  )?.ip6cidr ?? undefined

export const deleteVlanRangeRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  await sql`update nic set address6 = null from public_ip, vlan_side6 side
    where nic.role = 'public' and public_ip.id = nic.public_ip and side.range = public_ip.range
      and side.pool = ${id} and nic.address6 between side.startipv6 and side.endipv6`.execute(trx)
  await trx.deleteFrom('public_ip').where('range', '=', id).execute()
  const { numDeletedRows } = await trx.deleteFrom('vlan_range').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** Whether accounts of everyone take addresses of a range, or this one may. */
export const openTo = (account: string) => sql<boolean>`(vlan_range.account is null and vlan_range.domain is null
  or vlan_range.account = ${account}
  or vlan_range.domain = (select account.domain from account where account.id = ${account}))`

/**
 * Whether the account may have addresses of the range. Asked once an address of it is held: who dedicates a range holds
 * all of its addresses.
 */
export const isRangeOpenTo = async (trx: Kysely<Database>, range: string, account: string): Promise<boolean> =>
  (await trx
    .selectFrom('vlan_range')
    .select('id')
    .where('id', '=', range)
    .where(openTo(account))
    .executeTakeFirst()) !== undefined
