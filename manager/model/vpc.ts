import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { addressed } from './addressed.ts'
import type { Accounts } from './among.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, VpcTable } from './schema.ts'

export type Vpc = Selectable<VpcTable> & {
  readonly zonename: string
  readonly zonedns1: string
  readonly zonedns2: string | null
  readonly offeringname: string
  readonly services: Record<string, string[]>
}

// Left joins though nothing is missing: the planner drops those that a count does not need.
const vpcs = (db: Kysely<Database>) =>
  db
    .selectFrom('vpc')
    .leftJoin('zone', 'zone.id', 'vpc.zone')
    .leftJoin('vpc_offering', 'vpc_offering.id', 'vpc.offering')
    .selectAll('vpc')
    .select(['zone.name as zonename', 'zone.dns1 as zonedns1', 'zone.dns2 as zonedns2'])
    .select(['vpc_offering.name as offeringname', 'vpc_offering.services'])
    .$castTo<Vpc>()
    .orderBy('vpc.created')
    .orderBy('vpc.id')

export interface VpcFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly displaytext?: string | undefined
  readonly keyword?: string | undefined
  readonly cidr?: string | undefined
  readonly zone?: string | undefined
  readonly offering?: string | undefined
  readonly state?: 'Enabled' | 'Inactive' | undefined
  readonly restartRequired?: boolean | undefined
  /** All of these, by its offering. */
  readonly services?: readonly string[] | undefined
}

export const findVpcs = (db: Kysely<Database>, filter: VpcFilter, page: Page): Promise<Found<Vpc>> => {
  let query = vpcs(db)
  if (filter.accounts) query = query.where(ownedBy('vpc', filter.accounts))
  if (filter.id !== undefined) query = query.where('vpc.id', '=', filter.id)
  if (filter.name !== undefined) query = query.where('vpc.name', '=', filter.name)
  if (filter.displaytext !== undefined) query = query.where('vpc.displaytext', '=', filter.displaytext)
  if (filter.keyword) query = query.where('vpc.name', 'ilike', anywhere(filter.keyword))
  if (filter.cidr !== undefined) query = query.where('vpc.cidr', '=', filter.cidr)
  if (filter.zone !== undefined) query = query.where('vpc.zone', '=', filter.zone)
  if (filter.offering !== undefined) query = query.where('vpc.offering', '=', filter.offering)
  if (filter.state !== undefined) query = query.where('vpc.state', '=', filter.state)
  if (filter.restartRequired !== undefined)
    query = query.where(sql<boolean>`(vpc.restarts_wanted > vpc.restarts_done) = ${filter.restartRequired}`)
  for (const service of filter.services ?? [])
    query = query.where((eb) => eb(eb.ref('vpc_offering.services'), '?', service as never))
  return findPage(query, page, 'vpc.id')
}

export const findVpc = (db: Kysely<Database>, id: string): Promise<Vpc | undefined> =>
  vpcs(db).where('vpc.id', '=', id).executeTakeFirst()

export const insertVpc = (trx: Kysely<Database>, values: Insertable<VpcTable>) =>
  trx.insertInto('vpc').values(values).returning(['id', 'revision']).executeTakeFirstOrThrow()

/** Changes the VPC and raises its revision: its router's spec must be computed again. Returns the revision. */
export const reviseVpc = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<VpcTable> = {},
): Promise<number | undefined> => {
  const row = await trx
    .updateTable('vpc')
    .set({ ...values, revision: sql`revision + 1` })
    .where('id', '=', id)
    .returning('revision')
    .executeTakeFirst()
  return row?.revision
}

/** The row, held until the transaction ends. */
export const lockVpc = (trx: Kysely<Database>, id: string): Promise<Selectable<VpcTable> | undefined> =>
  trx.selectFrom('vpc').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** All that a VPC gave addresses to, for what is new to be compared with. There is little of it. */
export const usedOfVpc = async (trx: Kysely<Database>, vpc: string) => ({
  tiers: (
    await trx.selectFrom('network').select(['id', 'name', 'cidr', 'gateway']).where('vpc', '=', vpc).execute()
  ).map(addressed),
  gateways: await trx
    .selectFrom('private_gateway')
    .select(['id', 'address', 'gateway', 'netmask'])
    .where('vpc', '=', vpc)
    .execute(),
  routes: await trx.selectFrom('static_route').select(['id', 'cidr']).where('vpc', '=', vpc).execute(),
})
