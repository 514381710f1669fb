import { type Kysely, sql } from 'kysely'
import { allNumbers, type Numbers, numbersContaining } from './containing.ts'
import { anywhere, type Found, type Page } from './page.ts'
import type { Database } from './schema.ts'

export interface GuestVlan {
  readonly vni: number
  readonly zone: string
  readonly zonename: string
  readonly physical_network: string
  readonly physicalname: string
  readonly network: string | null
  readonly networkname: string | null
  readonly account: string | null
  readonly taken: Date | null
}

export interface GuestVlanFilter {
  readonly zone?: string | undefined
  readonly physicalNetwork?: string | undefined
  readonly vnet?: string | undefined
  /** Part of the identifier. */
  readonly keyword?: string | undefined
  readonly allocated?: boolean | undefined
}

interface Range {
  readonly id: string
  readonly first: number
  readonly last: number
}

/** As a client writes one; anything else names none, and no range reaches so far. */
const vniOf = (vnet: string): number => (/^[1-9]\d{0,8}$/.test(vnet) ? Number(vnet) : -1)

/** What is asked for of each physical network. */
const rangesOf = async (db: Kysely<Database>, filter: GuestVlanFilter): Promise<readonly Range[]> => {
  let query = db.selectFrom('physical_network').select(['id', 'vni_from', 'vni_to']).orderBy('created').orderBy('id')
  if (filter.zone !== undefined) query = query.where('zone', '=', filter.zone)
  if (filter.physicalNetwork !== undefined) query = query.where('id', '=', filter.physicalNetwork)
  const vni = filter.vnet === undefined ? undefined : vniOf(filter.vnet)
  return (await query.execute()).map(({ id, vni_from, vni_to }) => ({
    id,
    first: Math.max(vni_from, vni ?? vni_from),
    last: Math.min(vni_to, vni ?? vni_to),
  }))
}

/** A range may have millions of identifiers: those of the page are made, the others counted. */
const pick = (ranges: readonly Range[], numbers: Numbers, { limit, offset }: Page) => {
  const picked: { readonly id: string; readonly vni: number }[] = []
  let count = 0
  for (const { id, first, last } of ranges) {
    const size = numbers.count(first, last)
    const until = Math.min(size, offset + limit - count)
    for (let skip = Math.max(0, offset - count); skip < until; skip++)
      picked.push({ id, vni: numbers.nth(first, last, skip) })
    count += size
  }
  return { picked, count }
}

const columns = sql`zone.id as zone, zone.name as zonename, physical.id as physical_network,
  physical.name as physicalname, network.id as network, network.name as networkname, network.account,
  network.created as taken`

/** Those that a network has are no more than networks. */
const findTaken = async (
  db: Kysely<Database>,
  ranges: readonly Range[],
  { keyword }: GuestVlanFilter,
  { limit, offset }: Page,
): Promise<Found<GuestVlan>> => {
  const part = keyword === undefined ? sql`true` : sql`network.vni::text like ${anywhere(keyword)}`
  const [ids, firsts, lasts] = [
    ranges.map(({ id }) => id),
    ranges.map(({ first }) => first),
    ranges.map(({ last }) => last),
  ]
  const from = sql`
    from unnest(${ids}::uuid[], ${firsts}::int[], ${lasts}::int[]) wanted (id, first, last)
    join network on network.physical_network = wanted.id and network.vni between wanted.first and wanted.last and ${part}`
  const { rows } = await sql<GuestVlan>`
    select network.vni, ${columns} ${from}
    join physical_network physical on physical.id = wanted.id join zone on zone.id = physical.zone
    order by physical.created, physical.id, network.vni limit ${limit} offset ${offset}`.execute(db)
  const counted = await sql<{ readonly count: number }>`select count(*)::int as count ${from}`.execute(db)
  return { count: counted.rows[0]?.count ?? 0, rows }
}

/** Identifiers of guest networks, and who has them. */
export const findGuestVlans = async (
  db: Kysely<Database>,
  filter: GuestVlanFilter,
  page: Page,
): Promise<Found<GuestVlan>> => {
  const ranges = await rangesOf(db, filter)
  if (filter.allocated) return findTaken(db, ranges, filter, page)
  const numbers = filter.keyword === undefined ? allNumbers : numbersContaining(filter.keyword)
  const { picked, count } = pick(ranges, numbers, page)
  const [ids, vnis] = [picked.map(({ id }) => id), picked.map(({ vni }) => vni)]
  const { rows } = await sql<GuestVlan>`
    select wanted.vni, ${columns}
    from unnest(${ids}::uuid[], ${vnis}::int[]) with ordinality wanted (id, vni, place)
    join physical_network physical on physical.id = wanted.id
    join zone on zone.id = physical.zone
    left join network on network.physical_network = wanted.id and network.vni = wanted.vni
    order by wanted.place`.execute(db)
  return { count, rows }
}
