import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import { type Accounts, amongAccounts } from './among.ts'
import { contains } from './contains.ts'
import type { Named } from './ownership.ts'
import type { Found, Page } from './page.ts'
import { findPage } from './page.ts'
import type { ResourceDetailTable, ResourceTagTable } from './schema/record.ts'
import type { Database } from './schema.ts'

/** What can have tags and details, by CloudStack's names. */
export const resourceKinds = {
  Account: 'account',
  AffinityGroup: 'affinity_group',
  DiskOffering: 'disk_offering',
  Domain: 'domain',
  FirewallRule: 'firewall_rule',
  Host: 'host',
  LBHealthCheckPolicy: 'healthcheck_policy',
  LBStickinessPolicy: 'stickiness_policy',
  LoadBalancer: 'load_balancer_rule',
  Network: 'network',
  NetworkACL: 'network_acl',
  NetworkACLList: 'network_acl_list',
  NetworkOffering: 'network_offering',
  Nic: 'nic',
  PortForwardingRule: 'ip_rule',
  PrivateGateway: 'private_gateway',
  Project: 'project',
  PublicIpAddress: 'public_ip',
  SecurityGroup: 'security_group',
  ServiceOffering: 'service_offering',
  StaticRoute: 'static_route',
  Template: 'template',
  User: 'cloud_user',
  UserVm: 'guest',
  Vpc: 'vpc',
  VpcOffering: 'vpc_offering',
  Zone: 'zone',
} as const satisfies Readonly<Record<string, Named>>

/** Later migrations bring tables of things that can have tags: with their rows too goes what was said of them. */
export const keepTagsOfAll = async (db: Kysely<Database>): Promise<void> => {
  const tables = Object.values(resourceKinds)
  await sql`select keep_tags_of(oid) from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname = any(${tables}::text[])
      and not exists (select from pg_trigger where tgrelid = pg_class.oid and tgname = 'forget_gone')`.execute(db)
}

export type ResourceKind = keyof typeof resourceKinds

export type Tag = Selectable<ResourceTagTable>
export type Detail = Selectable<ResourceDetailTable>

export interface NewTag {
  readonly resource: string
  readonly account: string
  readonly key: string
  readonly value: string
}

interface Kept {
  readonly kind: ResourceKind
  readonly customer?: string | null
  readonly items: readonly NewTag[]
}

/** A key that the thing has already is refused by the schema (unique). */
export const insertTags = async (trx: Kysely<Database>, { kind, customer = null, items }: Kept): Promise<void> => {
  await trx
    .insertInto('resource_tag')
    .values(items.map((item) => ({ ...item, resource_type: kind, customer })))
    .execute()
}

export interface Which {
  readonly resources: readonly string[]
  /** Without a value: whatever it is. Undefined: all. */
  readonly tags?: readonly { readonly key: string; readonly value?: string | undefined }[] | undefined
}

export const deleteTags = async (trx: Kysely<Database>, { resources, tags }: Which): Promise<void> => {
  await sql`delete from resource_tag where resource = any(${[...resources]}::uuid[])
    and (${tags === undefined} or exists (
      select from jsonb_to_recordset(${JSON.stringify(tags ?? [])}::jsonb) as wanted (key text, value text)
      where wanted.key = resource_tag.key and (wanted.value is null or wanted.value = resource_tag.value)))`.execute(
    trx,
  )
}

export interface TagFilter {
  /** Undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly kind?: ResourceKind | undefined
  readonly resource?: string | undefined
  readonly key?: string | undefined
  readonly value?: string | undefined
  readonly keyword?: string | undefined
}

const matching = (
  table: 'resource_tag' | 'resource_detail',
  { accounts, kind, resource, key, value, keyword }: TagFilter,
): RawBuilder<boolean> => {
  const is = (column: string, wanted: string | undefined) =>
    wanted === undefined ? [] : [sql<boolean>`${sql.ref(`${table}.${column}`)} = ${wanted}`]
  const parts = [
    sql<boolean>`true`,
    ...(accounts === undefined ? [] : [amongAccounts(`${table}.account`, accounts)]),
    ...is('resource_type', kind),
    ...is('resource', resource),
    ...is('key', key),
    ...is('value', value),
    ...(keyword ? [contains([`${table}.key`, `${table}.value`], keyword)] : []),
  ]
  return sql<boolean>`${sql.join(parts, sql` and `)}`
}

export const findTags = (
  db: Kysely<Database>,
  filter: TagFilter & { readonly customer?: string | undefined },
  page: Page,
): Promise<Found<Tag>> => {
  let query = db.selectFrom('resource_tag').selectAll().where(matching('resource_tag', filter))
  if (filter.customer !== undefined) query = query.where('customer', '=', filter.customer)
  return findPage(query.orderBy('created').orderBy('key').orderBy('id'), page, 'resource_tag.id')
}

/** A tag as the thing that has it shows it. */
export type ShownTag = Pick<Tag, 'resource' | 'resource_type' | 'account' | 'key' | 'value' | 'customer'>

/** The tags of a page of things, in one query. */
export const tagsOf = (db: Kysely<Database>, resources: readonly string[]): Promise<ShownTag[]> =>
  resources.length === 0
    ? Promise.resolve([])
    : db
        .selectFrom('resource_tag')
        .select(['resource', 'resource_type', 'account', 'key', 'value', 'customer'])
        .where('resource', '=', sql<string>`any(${[...resources]}::uuid[])`)
        .orderBy('key')
        .execute()

export const writeDetails = async (
  trx: Kysely<Database>,
  kind: ResourceKind,
  items: readonly (NewTag & { readonly display: boolean })[],
): Promise<void> => {
  await trx
    .insertInto('resource_detail')
    .values(items.map((item) => ({ ...item, resource_type: kind })))
    .onConflict((conflict) =>
      conflict
        .constraint('resource_detail_key')
        .doUpdateSet({ value: sql`excluded.value`, display: sql`excluded.display` }),
    )
    .execute()
}

/** Without a key: all. */
export const deleteDetails = async (trx: Kysely<Database>, resource: string, key?: string): Promise<void> => {
  let query = trx.deleteFrom('resource_detail').where('resource', '=', resource)
  if (key !== undefined) query = query.where('key', '=', key)
  await query.execute()
}

export const findDetails = (
  db: Kysely<Database>,
  filter: TagFilter & { readonly display?: boolean | undefined },
  page: Page,
): Promise<Found<Detail>> => {
  let query = db.selectFrom('resource_detail').selectAll().where(matching('resource_detail', filter))
  if (filter.display !== undefined) query = query.where('display', '=', filter.display)
  return findPage(query.orderBy('created').orderBy('key').orderBy('id'), page, 'resource_detail.id')
}
