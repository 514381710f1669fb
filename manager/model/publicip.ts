import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { type Found, findPage, type Page } from './page.ts'
import type { Database, PublicIpTable, VlanRangeTable } from './schema.ts'

export type VlanRange = Selectable<VlanRangeTable>

export interface VlanRangeFilter {
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly physicalNetwork?: string | undefined
  readonly vlan?: string | undefined
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
  return findPage(query, page)
}

/** All ranges of a zone; there are few. */
export const rangesOfZone = (db: Kysely<Database>, zone: string): Promise<VlanRange[]> =>
  db.selectFrom('vlan_range').selectAll().where('zone', '=', zone).execute()

/** The range and a row for each of its addresses, which is what networks take. */
export const insertVlanRange = async (
  trx: Kysely<Database>,
  values: Insertable<VlanRangeTable>,
): Promise<VlanRange> => {
  const range = await trx.insertInto('vlan_range').values(values).returningAll().executeTakeFirstOrThrow()
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

export const deleteVlanRangeRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  await trx.deleteFrom('public_ip').where('range', '=', id).execute()
  const { numDeletedRows } = await trx.deleteFrom('vlan_range').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

export type PublicIp = Selectable<PublicIpTable> & {
  readonly vlan: string
  readonly physical_network: string
  readonly zone: string
  readonly zonename: string
  readonly networkname: string | null
}

export interface PublicIpFilter {
  readonly id?: string | undefined
  readonly address?: string | undefined
  readonly keyword?: string | undefined
  readonly zone?: string | undefined
  readonly range?: string | undefined
  readonly physicalNetwork?: string | undefined
  readonly network?: string | undefined
  readonly sourceNat?: boolean | undefined
  readonly state?: 'Allocated' | 'Free' | undefined
}

export const findPublicIps = (db: Kysely<Database>, filter: PublicIpFilter, page: Page): Promise<Found<PublicIp>> => {
  let query = db
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .innerJoin('zone', 'zone.id', 'vlan_range.zone')
    .leftJoin('network', 'network.id', 'public_ip.network')
    .selectAll('public_ip')
    .select([
      'vlan_range.vlan',
      'vlan_range.physical_network',
      'vlan_range.zone',
      'zone.name as zonename',
      'network.name as networkname',
    ])
    .orderBy('public_ip.address')
    .orderBy('public_ip.id')
  if (filter.id !== undefined) query = query.where('public_ip.id', '=', filter.id)
  if (filter.address !== undefined) query = query.where('public_ip.address', '=', filter.address)
  if (filter.keyword)
    query = query.where(sql<boolean>`host(public_ip.address) like ${`%${filter.keyword.replaceAll(/[^0-9.]/g, '')}%`}`)
  if (filter.zone !== undefined) query = query.where('vlan_range.zone', '=', filter.zone)
  if (filter.range !== undefined) query = query.where('public_ip.range', '=', filter.range)
  if (filter.physicalNetwork !== undefined)
    query = query.where('vlan_range.physical_network', '=', filter.physicalNetwork)
  if (filter.network !== undefined) query = query.where('public_ip.network', '=', filter.network)
  if (filter.sourceNat !== undefined) query = query.where('public_ip.is_source_nat', '=', filter.sourceNat)
  if (filter.state !== undefined)
    query = query.where('public_ip.allocated', filter.state === 'Free' ? 'is' : 'is not', null)
  return findPage(query, page)
}

/**
 * The row, held until the transaction ends, with its zone: whatever is decided by an address's rules is decided one
 * after the other.
 */
export const lockPublicIp = (trx: Kysely<Database>, id: string) =>
  trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .selectAll('public_ip')
    .select('vlan_range.zone')
    .where('public_ip.id', '=', id)
    .forUpdate('public_ip')
    .executeTakeFirst()
