import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Accounts } from './among.ts'
import { servingRouter } from './held.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { Database, PrivateGatewayTable } from './schema.ts'

export type PrivateGateway = Selectable<PrivateGatewayTable> & {
  readonly vpcname: string
  /** Whose it is. */
  readonly account: string
  readonly zone: string
  readonly zonename: string
  readonly aclname: string | null
  readonly shown: PrivateGatewayState
}

export type PrivateGatewayState = 'Ready' | 'Creating' | 'Deleting'

/** Ready: its router's machine has the nic and holds the revision that speaks of it. */
const shown = sql<PrivateGatewayState>`case
  when private_gateway.state = 'Destroy' then 'Deleting'
  when nic.plugged and router.revision >= private_gateway.revision then 'Ready'
  else 'Creating' end`

const gateways = (db: Kysely<Database>) =>
  db
    .selectFrom('private_gateway')
    .innerJoin('vpc', 'vpc.id', 'private_gateway.vpc')
    .innerJoin('zone', 'zone.id', 'vpc.zone')
    .leftJoin('network_acl_list', 'network_acl_list.id', 'private_gateway.acl')
    .leftJoin('router', (join) => join.on('router.id', '=', servingRouter('private_gateway.vpc')))
    .leftJoin('nic', (join) =>
      join.onRef('nic.private_gateway', '=', 'private_gateway.id').onRef('nic.router', '=', 'router.id'),
    )
    .selectAll('private_gateway')
    .select(['vpc.name as vpcname', 'vpc.account', 'zone.id as zone', 'zone.name as zonename'])
    .select(['network_acl_list.name as aclname', shown.as('shown')])
    .orderBy('private_gateway.created')
    .orderBy('private_gateway.id')

export interface PrivateGatewayFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly vpc?: string | undefined
  readonly address?: string | undefined
  readonly vlan?: string | undefined
  readonly keyword?: string | undefined
  readonly state?: PrivateGatewayState | undefined
}

export const findPrivateGateways = (
  db: Kysely<Database>,
  filter: PrivateGatewayFilter,
  page: Page,
): Promise<Found<PrivateGateway>> => {
  let query = gateways(db)
  if (filter.accounts) query = query.where(ownedBy('private_gateway', filter.accounts))
  if (filter.id !== undefined) query = query.where('private_gateway.id', '=', filter.id)
  if (filter.vpc !== undefined) query = query.where('private_gateway.vpc', '=', filter.vpc)
  if (filter.address !== undefined) query = query.where('private_gateway.address', '=', filter.address)
  if (filter.vlan !== undefined) query = query.where('private_gateway.vlan', '=', filter.vlan)
  if (filter.keyword)
    query = query.where(sql<boolean>`position(${filter.keyword} in host(private_gateway.address)) > 0`)
  if (filter.state !== undefined) query = query.where(shown, '=', filter.state)
  return findPage(query, page)
}

export const findPrivateGateway = (db: Kysely<Database>, id: string): Promise<PrivateGateway | undefined> =>
  gateways(db).where('private_gateway.id', '=', id).executeTakeFirst()

export const insertPrivateGateway = async (
  trx: Kysely<Database>,
  values: Insertable<PrivateGatewayTable>,
): Promise<string> =>
  (await trx.insertInto('private_gateway').values(values).returning('id').executeTakeFirstOrThrow()).id

/** Gives it up: its router's nic leaves, then the row goes. */
export const leavePrivateGateway = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.updateTable('private_gateway').set({ state: 'Destroy' }).where('id', '=', id).execute()
  await trx.updateTable('nic').set({ leaving: true }).where('private_gateway', '=', id).execute()
}
