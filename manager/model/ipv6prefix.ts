import { type Kysely, type Selectable, sql } from 'kysely'
import { type Found, findPage, type Page } from './page.ts'
import type { Ipv6PrefixTable } from './schema/guestservices.ts'
import type { Database } from './schema.ts'

export type Ipv6Prefix = Selectable<Ipv6PrefixTable> & { readonly used: number }

const prefixes = (db: Kysely<Database>) =>
  db
    .selectFrom('ipv6_prefix')
    .selectAll('ipv6_prefix')
    .select((eb) =>
      eb
        .selectFrom('network')
        .select(sql<number>`count(*)::int`.as('used'))
        .whereRef('network.ip6prefix', '=', 'ipv6_prefix.id')
        .$asScalar()
        .$notNull()
        .as('used'),
    )
    .orderBy('ipv6_prefix.created')
    .orderBy('ipv6_prefix.id')

export interface Ipv6PrefixFilter {
  readonly id?: string | undefined
  readonly zone?: string | undefined
  readonly keyword?: string | undefined
}

export const findIpv6Prefixes = (
  db: Kysely<Database>,
  filter: Ipv6PrefixFilter,
  page: Page,
): Promise<Found<Ipv6Prefix>> => {
  let query = prefixes(db)
  if (filter.id !== undefined) query = query.where('ipv6_prefix.id', '=', filter.id)
  if (filter.zone !== undefined) query = query.where('ipv6_prefix.zone', '=', filter.zone)
  if (filter.keyword)
    query = query.where(sql<boolean>`position(${filter.keyword.toLowerCase()} in ipv6_prefix.prefix::text) > 0`)
  return findPage(query, page)
}

export const findIpv6Prefix = (db: Kysely<Database>, id: string): Promise<Ipv6Prefix | undefined> =>
  prefixes(db).where('ipv6_prefix.id', '=', id).executeTakeFirst()

/** The caller holds the zone's row; a prefix of the zone that overlaps is returned instead of a new one. */
export const insertIpv6Prefix = async (
  trx: Kysely<Database>,
  values: { readonly zone: string; readonly prefix: string },
): Promise<{ readonly id: string } | { readonly overlaps: string }> => {
  const other = await trx
    .selectFrom('ipv6_prefix')
    .select('prefix')
    .where('zone', '=', values.zone)
    .where(sql<boolean>`prefix && ${values.prefix}::cidr`)
    .executeTakeFirst()
  if (other !== undefined) return { overlaps: other.prefix }
  return trx.insertInto('ipv6_prefix').values(values).returning('id').executeTakeFirstOrThrow()
}

export const deleteIpv6PrefixRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('ipv6_prefix').where('id', '=', id).execute()
}

/** Prefixes of a zone, oldest first, and every /64 that a network of the zone has. The caller holds the zone's row. */
export const ipv6SpaceOfZone = async (
  trx: Kysely<Database>,
  zone: string,
): Promise<{ readonly prefixes: readonly { id: string; prefix: string }[]; readonly taken: readonly string[] }> => {
  const found = await trx
    .selectFrom('ipv6_prefix')
    .select(['id', 'prefix'])
    .where('zone', '=', zone)
    .orderBy('created')
    .execute()
  const networks = await trx
    .selectFrom('network')
    .select('ip6cidr')
    .where('zone', '=', zone)
    .where('ip6cidr', 'is not', null)
    .execute()
  return { prefixes: found, taken: networks.flatMap(({ ip6cidr }) => ip6cidr ?? []) }
}

/** IPv6 networks outside the routers of a zone. */
export const publicIpv6OfZone = async (db: Kysely<Database>, zone: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('vlan_range')
    .select('ip6cidr')
    .where('zone', '=', zone)
    .where('ip6cidr', 'is not', null)
    .execute()
  return rows.flatMap(({ ip6cidr }) => ip6cidr ?? [])
}
