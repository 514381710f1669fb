import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Accounts } from './among.ts'
import { servingRouter } from './held.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { Database, StaticRouteTable } from './schema.ts'

export type StaticRoute = Selectable<StaticRouteTable> & {
  readonly gatewayaddress: string | null
  /** Whose it is. */
  readonly account: string
  /** Revision of the VPC that its router has; null: it has none. */
  readonly held: number | null
}

const routes = (db: Kysely<Database>) =>
  db
    .selectFrom('static_route')
    .leftJoin('private_gateway', 'private_gateway.id', 'static_route.private_gateway')
    .leftJoin('router', (join) => join.on('router.id', '=', servingRouter('static_route.vpc')))
    .innerJoin('vpc', 'vpc.id', 'static_route.vpc')
    .selectAll('static_route')
    .select(['vpc.account', 'private_gateway.address as gatewayaddress', 'router.revision as held'])
    .orderBy('static_route.created')
    .orderBy('static_route.id')

export interface StaticRouteFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly vpc?: string | undefined
  readonly privateGateway?: string | undefined
  readonly keyword?: string | undefined
  readonly state?: 'Active' | 'Add' | undefined
}

export const findStaticRoutes = (
  db: Kysely<Database>,
  filter: StaticRouteFilter,
  page: Page,
): Promise<Found<StaticRoute>> => {
  let query = routes(db)
  if (filter.accounts) query = query.where(ownedBy('static_route', filter.accounts))
  if (filter.id !== undefined) query = query.where('static_route.id', '=', filter.id)
  if (filter.vpc !== undefined) query = query.where('static_route.vpc', '=', filter.vpc)
  if (filter.privateGateway !== undefined) query = query.where('private_gateway', '=', filter.privateGateway)
  if (filter.keyword) query = query.where(sql<boolean>`position(${filter.keyword} in static_route.cidr::text) > 0`)
  if (filter.state !== undefined)
    query = query.where(
      sql<boolean>`(coalesce(router.revision, 0) >= static_route.revision) = ${filter.state === 'Active'}`,
    )
  return findPage(query, page, 'static_route.id')
}

export const findStaticRoute = (db: Kysely<Database>, id: string): Promise<StaticRoute | undefined> =>
  routes(db).where('static_route.id', '=', id).executeTakeFirst()

export const insertStaticRoute = async (trx: Kysely<Database>, values: Insertable<StaticRouteTable>): Promise<string> =>
  (await trx.insertInto('static_route').values(values).returning('id').executeTakeFirstOrThrow()).id

export const deleteStaticRouteRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('static_route').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
