import { SysvmError } from '@sysvm/errors'
import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import type { Accounts } from './among.ts'
import { reviseNetworks } from './network.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { NetworkAclListTable, NetworkAclTable } from './schema/acl.ts'
import type { Database } from './schema.ts'
import { reviseVpc } from './vpc.ts'

export type AclList = Selectable<NetworkAclListTable> & { readonly vpcname: string | null }
export type AclItem = Selectable<NetworkAclTable> & {
  readonly listname: string
  /** Whether no router that uses the list is behind. */
  readonly held: boolean
}

const lists = (db: Kysely<Database>) =>
  db
    .selectFrom('network_acl_list')
    .leftJoin('vpc', 'vpc.id', 'network_acl_list.vpc')
    .selectAll('network_acl_list')
    .select('vpc.name as vpcname')
    .orderBy('network_acl_list.created')
    .orderBy('network_acl_list.id')

export interface AclListFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly name?: string | undefined
  /** The VPC's own and the default ones. */
  readonly vpc?: string | undefined
  /** The list of this tier. */
  readonly network?: string | undefined
  readonly keyword?: string | undefined
}

export const findAclLists = (db: Kysely<Database>, filter: AclListFilter, page: Page): Promise<Found<AclList>> => {
  const { id, name, vpc, network, keyword, accounts } = filter
  let query = lists(db)
  // The default lists are everybody's.
  if (accounts)
    query = query.where(sql<boolean>`(network_acl_list.vpc is null or ${ownedBy('network_acl_list', accounts)})`)
  if (id !== undefined) query = query.where('network_acl_list.id', '=', id)
  if (name !== undefined) query = query.where('network_acl_list.name', '=', name)
  if (vpc !== undefined)
    query = query.where((eb) => eb.or([eb('network_acl_list.vpc', '=', vpc), eb('network_acl_list.vpc', 'is', null)]))
  if (network !== undefined)
    query = query.where('network_acl_list.id', '=', (eb) =>
      eb.selectFrom('network').select('network.acl').where('network.id', '=', network),
    )
  if (keyword) query = query.where('network_acl_list.name', 'ilike', anywhere(keyword))
  return findPage(query, page, 'network_acl_list.id')
}

export const findAclList = (db: Kysely<Database>, id: string): Promise<AclList | undefined> =>
  lists(db).where('network_acl_list.id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends: its items are numbered one after the other. Tiers may name it meanwhile. */
export const lockAclList = (trx: Kysely<Database>, id: string): Promise<Selectable<NetworkAclListTable> | undefined> =>
  trx.selectFrom('network_acl_list').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()

export const insertAclList = async (trx: Kysely<Database>, values: Insertable<NetworkAclListTable>): Promise<string> =>
  (await trx.insertInto('network_acl_list').values(values).returning('id').executeTakeFirstOrThrow()).id

export const updateAclListRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<NetworkAclListTable>,
): Promise<void> => {
  if (Object.keys(values).length > 0)
    await trx.updateTable('network_acl_list').set(values).where('id', '=', id).execute()
}

export const deleteAclListRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('network_acl_list').where('id', '=', id).execute()
}

/** Tiers and private gateways that a list decides for. */
export const usersOfAclList = async (trx: Kysely<Database>, id: string) => ({
  tiers: await trx.selectFrom('network').select(['id', 'name']).where('acl', '=', id).orderBy('id').execute(),
  gateways: await trx.selectFrom('private_gateway').select(['id']).where('acl', '=', id).orderBy('id').execute(),
})

/** Raises the revisions of all that a VPC's list decides for; the VPC's, or undefined where nothing uses it. */
export const reviseAclList = async (
  trx: Kysely<Database>,
  list: { readonly id: string; readonly vpc: string | null },
): Promise<number | undefined> => {
  const { tiers, gateways } = await usersOfAclList(trx, list.id)
  if (list.vpc === null || tiers.length + gateways.length === 0) return undefined
  await reviseNetworks(
    trx,
    tiers.map(({ id }) => id),
  )
  return reviseVpc(trx, list.vpc)
}

const items = (db: Kysely<Database>) =>
  db
    .selectFrom('network_acl')
    .leftJoin('network_acl_list', 'network_acl_list.id', 'network_acl.list')
    .selectAll('network_acl')
    .select([
      'network_acl_list.name as listname',
      sql<boolean>`not exists (
        select from network join router_network on router_network.network = network.id
        where network.acl = network_acl.list and router_network.revision < network.revision)`.as('held'),
    ])
    .$castTo<AclItem>()

export interface AclItemFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly list?: string | undefined
  readonly network?: string | undefined
  readonly traffictype?: AclItem['traffictype'] | undefined
  readonly action?: AclItem['action'] | undefined
  readonly protocol?: string | undefined
  /** Part of its reason. */
  readonly keyword?: string | undefined
}

export const findAclItems = (db: Kysely<Database>, filter: AclItemFilter, page: Page): Promise<Found<AclItem>> => {
  const { id, list, network, traffictype, action, protocol, keyword } = filter
  let query = items(db).orderBy('network_acl_list.created').orderBy('network_acl.list').orderBy('network_acl.number')
  if (filter.accounts)
    query = query.where(sql<boolean>`(network_acl_list.vpc is null or ${ownedBy('network_acl', filter.accounts)})`)
  if (id !== undefined) query = query.where('network_acl.id', '=', id)
  if (list !== undefined) query = query.where('network_acl.list', '=', list)
  if (network !== undefined)
    query = query.where('network_acl.list', '=', (eb) =>
      eb.selectFrom('network').select('network.acl').where('network.id', '=', network),
    )
  if (traffictype !== undefined) query = query.where('network_acl.traffictype', '=', traffictype)
  if (action !== undefined) query = query.where('network_acl.action', '=', action)
  if (protocol !== undefined) query = query.where('network_acl.protocol', '=', protocol)
  if (keyword) query = query.where('network_acl.reason', 'ilike', anywhere(keyword))
  return findPage(query, page, 'network_acl.id')
}

export const findAclItem = (db: Kysely<Database>, id: string): Promise<AclItem | undefined> =>
  items(db).where('network_acl.id', '=', id).executeTakeFirst()

/** All items of lists in their order. */
export const itemsOfAclLists = (
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<Selectable<NetworkAclTable>[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('network_acl')
        .selectAll()
        .where('list', 'in', [...ids])
        .orderBy('list')
        .orderBy('number')
        .execute()

/** Throws SYSVM_NETWORK_CONFLICT that names both when another item of the list has the number. */
export const refuseNumber = async (
  trx: Kysely<Database>,
  item: { readonly id: string; readonly list: string; readonly number: number },
): Promise<void> => {
  const other = await trx
    .selectFrom('network_acl')
    .select('id')
    .where('list', '=', item.list)
    .where('number', '=', item.number)
    .where('id', '<>', item.id)
    .executeTakeFirst()
  if (other === undefined) return
  throw new SysvmError(
    'SYSVM_NETWORK_CONFLICT',
    `The ACL item ${item.id} cannot have the number ${item.number}, which the item ${other.id} has: choose another.`,
    { details: { rule: item.id, other: other.id } },
  )
}

export const insertAclItem = async (trx: Kysely<Database>, values: Insertable<NetworkAclTable>): Promise<void> => {
  await trx.insertInto('network_acl').values(values).execute()
}

export const updateAclItemRow = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<NetworkAclTable>,
): Promise<void> => {
  await trx.updateTable('network_acl').set(values).where('id', '=', id).execute()
}

export const deleteAclItemRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('network_acl').where('id', '=', id).execute()
}

export const nextAclNumber = async (trx: Kysely<Database>, list: string): Promise<number> => {
  const { last } = await trx
    .selectFrom('network_acl')
    .select((eb) => eb.fn.coalesce(eb.fn.max('number'), sql<number>`0`).as('last'))
    .where('list', '=', list)
    .executeTakeFirstOrThrow()
  return Number(last) + 1
}
