import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import { type Accounts, whether } from './among.ts'
import type { PeerScope } from './bgppeer.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { AsNumberTable, AsnRangeTable } from './schema/routing.ts'
import type { Database } from './schema.ts'

export type AsnRange = Selectable<AsnRangeTable>

export type AsNumber = Selectable<AsNumberTable> & {
  readonly zonename: string
  readonly startasn: string
  readonly endasn: string
  readonly networkname: string | null
  readonly vpcname: string | null
  /** Whose network or VPC has it. */
  readonly account: string | null
}

export const findAsnRanges = (
  db: Kysely<Database>,
  filter: { readonly zone?: string | undefined; readonly keyword?: string | undefined },
  page: Page,
): Promise<Found<AsnRange>> => {
  let query = db.selectFrom('asn_range').selectAll().orderBy('startasn').orderBy('id')
  if (filter.zone !== undefined) query = query.where('zone', '=', filter.zone)
  if (filter.keyword) query = query.where(sql<boolean>`position(${filter.keyword} in startasn || '-' || endasn) > 0`)
  return findPage(query, page)
}

/** The range with a row for each of its numbers. */
export const insertAsnRange = async (trx: Kysely<Database>, values: Insertable<AsnRangeTable>): Promise<AsnRange> => {
  const range = await trx.insertInto('asn_range').values(values).returningAll().executeTakeFirstOrThrow()
  await sql`
    insert into as_number (range, zone, asn)
    select ${range.id}, ${range.zone}, generate_series(${range.startasn}::bigint, ${range.endasn}::bigint)`.execute(trx)
  return range
}

export const lockAsnRange = (trx: Kysely<Database>, id: string): Promise<AsnRange | undefined> =>
  trx.selectFrom('asn_range').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** A number of the range that somebody has. */
export const usedAsNumber = async (trx: Kysely<Database>, range: string): Promise<string | undefined> =>
  (
    await trx
      .selectFrom('as_number')
      .select('asn')
      .where('range', '=', range)
      .where((eb) => eb.or([eb('network', 'is not', null), eb('vpc', 'is not', null)]))
      .orderBy('asn')
      .limit(1)
      .executeTakeFirst()
  )?.asn

export const deleteAsnRangeRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('as_number').where('range', '=', id).execute()
  await trx.deleteFrom('asn_range').where('id', '=', id).execute()
}

export interface AsNumberFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly zone?: string | undefined
  readonly range?: string | undefined
  readonly asn?: number | undefined
  readonly network?: string | undefined
  readonly vpc?: string | undefined
  readonly allocated?: boolean | undefined
  readonly keyword?: string | undefined
}

export const findAsNumbers = (db: Kysely<Database>, filter: AsNumberFilter, page: Page): Promise<Found<AsNumber>> => {
  let query = db
    .selectFrom('as_number')
    .leftJoin('zone', 'zone.id', 'as_number.zone')
    .leftJoin('asn_range', 'asn_range.id', 'as_number.range')
    .leftJoin('network', 'network.id', 'as_number.network')
    .leftJoin('vpc', 'vpc.id', 'as_number.vpc')
    .selectAll('as_number')
    .select(['zone.name as zonename', 'asn_range.startasn', 'asn_range.endasn'])
    .select(['network.name as networkname', 'vpc.name as vpcname'])
    .select(sql<string | null>`coalesce(network.account, vpc.account)`.as('account'))
    .$castTo<AsNumber>()
    .orderBy('as_number.zone')
    .orderBy('as_number.asn')
  if (filter.accounts)
    query = query.where(
      whether(filter.accounts, (ids) => sql`coalesce(network.account, vpc.account) = any(${[...ids]}::uuid[])`),
    )
  if (filter.zone !== undefined) query = query.where('as_number.zone', '=', filter.zone)
  if (filter.range !== undefined) query = query.where('as_number.range', '=', filter.range)
  if (filter.asn !== undefined) query = query.where('as_number.asn', '=', String(filter.asn))
  if (filter.network !== undefined) query = query.where('as_number.network', '=', filter.network)
  if (filter.vpc !== undefined) query = query.where('as_number.vpc', '=', filter.vpc)
  if (filter.allocated !== undefined)
    query = query.where(
      sql<boolean>`(as_number.network is not null or as_number.vpc is not null) = ${filter.allocated}`,
    )
  if (filter.keyword) query = query.where(sql<boolean>`position(${filter.keyword} in as_number.asn::text) > 0`)
  return findPage(query, page, 'as_number.id')
}

export const lockAsNumber = (trx: Kysely<Database>, zone: string, asn: number) =>
  trx
    .selectFrom('as_number')
    .selectAll()
    .where('zone', '=', zone)
    .where('asn', '=', String(asn))
    .forUpdate()
    .executeTakeFirst()

/** Takes the smallest free number of the zone for a network or VPC; undefined when there is none. */
export const takeAsNumber = async (
  trx: Kysely<Database>,
  zone: string,
  { kind, id }: PeerScope,
  asn?: number,
): Promise<string | undefined> => {
  const { rows } = await sql<{ asn: string }>`
    update as_number set ${sql.ref(kind)} = ${id}, allocated = now()
    where id = (
      select id from as_number
      where zone = ${zone} and network is null and vpc is null and (${asn ?? null}::bigint is null or asn = ${asn ?? null}::bigint)
      order by asn limit 1 for update skip locked)
    returning asn::text`.execute(trx)
  return rows[0]?.asn
}

export const freeAsNumber = (trx: Kysely<Database>, id: string) =>
  trx.updateTable('as_number').set({ network: null, vpc: null, allocated: null }).where('id', '=', id).execute()
