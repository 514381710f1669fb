import {
  type Expression,
  expressionBuilder,
  type Insertable,
  type Kysely,
  type Selectable,
  type SqlBool,
  sql,
  type Updateable,
} from 'kysely'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { Database, NetworkOfferingTable } from './schema.ts'

export {
  deleteServiceOfferingRow,
  findServiceOffering,
  findServiceOfferings,
  insertServiceOffering,
  type ServiceOffering,
} from './serviceoffering.ts'

export type NetworkOffering = Selectable<NetworkOfferingTable>

/** Networks of it have two routers. */
export const hasTwoRouters = ({ capabilities }: Pick<NetworkOffering, 'capabilities'>): boolean =>
  capabilities.SourceNat?.RedundantRouter === 'true'

type Kind = Pick<NetworkOffering, 'forvpc' | 'internetprotocol' | 'networkmode' | 'guestiptype' | 'services'>

/** Why two routers cannot serve networks of a kind; undefined: they can. */
export const whyAlone = ({
  forvpc,
  internetprotocol,
  networkmode,
  guestiptype,
  services,
}: Kind): string | undefined => {
  if (guestiptype === 'L2') return 'networks of type L2 have no router'
  if (forvpc) return 'tiers are served by the routers of their VPC'
  return whyRouterAlone({ internetprotocol, networkmode, services })
}

/** The same for what VPCs have as well. */
export const whyRouterAlone = ({
  internetprotocol,
  networkmode,
  services,
}: Pick<Kind, 'internetprotocol' | 'networkmode' | 'services'>): string | undefined => {
  if (networkmode === 'ROUTED' || services.SourceNat === undefined)
    return 'two routers share the address of source NAT, which there is none of without SourceNat'
  return internetprotocol === 'IPv4' ? undefined : 'two routers serve IPv4 only, and guests of it have IPv6'
}

/** What offerings of networks and of VPCs are both found by. */
export interface OfferingFilter {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly displaytext?: string | undefined
  readonly keyword?: string | undefined
  readonly state?: 'Enabled' | 'Disabled' | undefined
  readonly isdefault?: boolean | undefined
  /** All of these. */
  readonly services?: readonly string[] | undefined
}

/** A condition on the columns that both tables of offerings have, by the same names. */
export const fitsOffering = (filter: OfferingFilter): Expression<SqlBool> => {
  const eb = expressionBuilder<Database, 'vpc_offering'>()
  const all = (filter.services ?? []).map((service) => eb(eb.ref('services'), '?', service as never))
  if (filter.id !== undefined) all.push(eb('id', '=', filter.id))
  if (filter.name !== undefined) all.push(eb('name', '=', filter.name))
  if (filter.displaytext !== undefined) all.push(eb('displaytext', '=', filter.displaytext))
  if (filter.keyword) all.push(eb('name', 'ilike', anywhere(filter.keyword)))
  if (filter.state) all.push(eb('state', '=', filter.state))
  if (filter.isdefault !== undefined) all.push(eb('isdefault', '=', filter.isdefault))
  return eb.and(all)
}

export interface NetworkOfferingFilter extends OfferingFilter {
  readonly forvpc?: boolean | undefined
  readonly guestiptype?: string | undefined
  readonly routingmode?: 'Static' | 'Dynamic' | undefined
  readonly sourceNat?: boolean | undefined
}

export const findNetworkOfferings = (
  db: Kysely<Database>,
  filter: NetworkOfferingFilter,
  page: Page,
): Promise<Found<NetworkOffering>> => {
  let query = db.selectFrom('network_offering').selectAll().where(fitsOffering(filter)).orderBy('created').orderBy('id')
  if (filter.forvpc !== undefined) query = query.where('forvpc', '=', filter.forvpc)
  if (filter.guestiptype !== undefined) query = query.where(sql<boolean>`guestiptype = ${filter.guestiptype}`)
  if (filter.routingmode !== undefined) query = query.where('routingmode', '=', filter.routingmode)
  if (filter.sourceNat !== undefined) query = query.where(sql<boolean>`(services ? 'SourceNat') = ${filter.sourceNat}`)
  return findPage(query, page)
}

export const findNetworkOffering = (db: Kysely<Database>, id: string): Promise<NetworkOffering | undefined> =>
  db.selectFrom('network_offering').selectAll().where('id', '=', id).executeTakeFirst()

export const insertNetworkOffering = (
  trx: Kysely<Database>,
  values: Insertable<NetworkOfferingTable>,
): Promise<NetworkOffering> =>
  trx.insertInto('network_offering').values(values).returningAll().executeTakeFirstOrThrow()

export const updateNetworkOfferingRow = (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<NetworkOfferingTable>,
): Promise<NetworkOffering | undefined> =>
  trx
    .updateTable('network_offering')
    .set({ ...values, id })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()

export const deleteNetworkOfferingRow = async (trx: Kysely<Database>, id: string): Promise<boolean> => {
  const { numDeletedRows } = await trx.deleteFrom('network_offering').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
