import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { isDedicatedTo, isDedicatedToNobody } from './dedication.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, VlanRangeTable } from './schema.ts'

export type VlanRangeRow = Selectable<VlanRangeTable>

/** A range with whose it is, if anybody's. */
export interface VlanRange extends VlanRangeRow {
  /** Null: a domain's, a project's or everyone's. */
  readonly accountname: string | null
  readonly project: string | null
  readonly projectname: string | null
  readonly ofdomain: string | null
  readonly domainname: string | null
  readonly domainpath: string | null
}

export interface VlanRangeFilter {
  /** Only what is dedicated to this account. */
  readonly account?: string | undefined
  /** Only what is dedicated to this domain or to an account of it. */
  readonly domain?: string | undefined
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly physicalNetwork?: string | undefined
  readonly vlan?: string | undefined
  readonly keyword?: string | undefined
}

const ranges = (db: Kysely<Database>) =>
  db
    .selectFrom('vlan_range')
    .leftJoin('account', 'account.id', 'vlan_range.account')
    .leftJoin('project', 'project.account', 'vlan_range.account')
    .leftJoin('domain', (join) => join.on(sql<boolean>`domain.id = coalesce(vlan_range.domain, account.domain)`))
    .selectAll('vlan_range')
    .select([
      sql<string | null>`case when project.id is null then account.name end`.as('accountname'),
      'project.id as project',
      'project.name as projectname',
      'domain.id as ofdomain',
      'domain.name as domainname',
      'domain.path as domainpath',
    ])
    .orderBy('vlan_range.created')
    .orderBy('vlan_range.id')

export const findVlanRange = (db: Kysely<Database>, id: string): Promise<VlanRange | undefined> =>
  ranges(db).where('vlan_range.id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends. */
export const lockVlanRange = (trx: Kysely<Database>, id: string): Promise<VlanRangeRow | undefined> =>
  trx.selectFrom('vlan_range').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export const findVlanRanges = (
  db: Kysely<Database>,
  filter: VlanRangeFilter,
  page: Page,
): Promise<Found<VlanRange>> => {
  let query = ranges(db)
  if (filter.account !== undefined) query = query.where('vlan_range.account', '=', filter.account)
  if (filter.domain !== undefined) query = query.where('domain.id', '=', filter.domain)
  if (filter.id !== undefined) query = query.where('vlan_range.id', '=', filter.id)
  if (filter.zone !== undefined) query = query.where('vlan_range.zone', '=', filter.zone)
  if (filter.physicalNetwork !== undefined)
    query = query.where('vlan_range.physical_network', '=', filter.physicalNetwork)
  if (filter.vlan !== undefined) query = query.where('vlan_range.vlan', '=', filter.vlan)
  if (filter.keyword) {
    const texts = sql`concat_ws(' ', vlan, host(startip), host(endip))`
    query = query.where(sql<boolean>`${texts} ilike ${anywhere(filter.keyword)}`)
  }
  return findPage(query, page, 'vlan_range.id')
}

/** All ranges of a zone; there are few. */
export const rangesOfZone = (db: Kysely<Database>, zone: string): Promise<VlanRangeRow[]> =>
  db.selectFrom('vlan_range').selectAll().where('zone', '=', zone).execute()

/** The range and, of one with IPv4, a row for each of its addresses, which is what networks take. */
export const insertVlanRange = async (trx: Kysely<Database>, values: Insertable<VlanRangeTable>): Promise<string> => {
  const { id } = await trx.insertInto('vlan_range').values(values).returning('id').executeTakeFirstOrThrow()
  await fillRange(trx, id)
  return id
}

/** A row for each address of the range that has none yet. */
const fillRange = async (trx: Kysely<Database>, range: string): Promise<void> => {
  await sql`insert into public_ip (range, address)
    select vlan_range.id, startip + step from vlan_range, generate_series(0, endip - startip) as step
    where vlan_range.id = ${range} and not exists (
      select from public_ip other where other.range = vlan_range.id and other.address = startip + step)`.execute(trx)
}

/** Sets where a range lies or whose it is. Nobody has an address that it loses; the caller holds its addresses. */
export const updateVlanRangeRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<VlanRangeTable>,
): Promise<void> => {
  await trx.updateTable('vlan_range').set(values).where('id', '=', id).execute()
  await sql`delete from public_ip using vlan_range
    where vlan_range.id = ${id} and public_ip.range = ${id} and public_ip.address not between startip and endip`.execute(
    trx,
  )
  await fillRange(trx, id)
}

interface Taken {
  readonly address: string
  readonly account: string | null
}

/** Addresses of a range that somebody has, the row locks taken so that none is given away meanwhile. */
export const takenOfRange = async (trx: Kysely<Database>, range: string): Promise<Taken[]> => {
  await sql`select from public_ip where range = ${range} order by id for update`.execute(trx)
  return trx
    .selectFrom('public_ip')
    .select(['address', 'account'])
    .where('range', '=', range)
    .where((eb) => eb.or([eb('allocated', 'is not', null), eb('reserved', '=', true)]))
    .orderBy('address')
    .execute()
}

/** Of these accounts one that is not of the domain. */
export const accountOutside = async (
  db: Kysely<Database>,
  accounts: readonly string[],
  domain: string,
): Promise<string | undefined> =>
  (
    await db
      .selectFrom('account')
      .select('id')
      .where('id', '=', sql<string>`any(${[...accounts]}::uuid[])`)
      .where('domain', '<>', domain)
      .limit(1)
      .executeTakeFirst()
  )?.id

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

/**
 * Whether the account may have addresses of the range. Asked once an address of it is held: who dedicates a range holds
 * all of its addresses.
 */
export const isRangeOpenTo = async (trx: Kysely<Database>, range: string, account: string): Promise<boolean> =>
  (await trx
    .selectFrom('vlan_range')
    .select('id')
    .where('id', '=', range)
    .where(sql<boolean>`(${isDedicatedToNobody('vlan_range')} or ${isDedicatedTo('vlan_range', account)})`)
    .executeTakeFirst()) !== undefined
