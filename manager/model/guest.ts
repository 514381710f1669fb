import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import type { Accounts } from './among.ts'
import { contains } from './contains.ts'
import { countedAnew } from './counts.ts'
import { type GuestGroups, groupsOfGuests, groupsOfOne } from './guestgroups.ts'
import { namesOfGuests } from './guestnames.ts'
import { withoutIdleJoins } from './idlejoins.ts'
import { lockInOrder } from './lock.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { Database, GuestTable, Hypervisor } from './schema.ts'

type GuestRow = Selectable<GuestTable> & {
  readonly zonename: string
  readonly offeringname: string
  readonly cpunumber: number
  readonly cpuspeed: number
  readonly memory: number
  readonly templatename: string
  readonly templatetext: string
  readonly hostname: string | null
  readonly hypervisor: string | null
  /** Its own user data, or the shared one it was given. */
  readonly servedUserdata: string | null
  readonly userdataname: string | null
  /** Who deployed it; null: no longer there. */
  readonly username: string | null
  /** Whether its offering lets a running machine be resized. */
  readonly offerscaling: boolean
  readonly groupname: string | null
}

export type Guest = GuestRow & GuestGroups

/** What a guest has, whether its offering says so or it was chosen. */
export const sizeOf = (what: 'cpunumber' | 'cpuspeed' | 'memory') =>
  sql<number>`coalesce(guest.${sql.ref(`custom_${what}`)}, service_offering.${sql.ref(what)})`

/** What lists show of its own row: to read half of the columns takes half of the time. */
const shown = [
  'id',
  'number',
  'name',
  'displayname',
  'account',
  'cloud_user',
  'created',
  'state',
  'reason',
  'haenable',
  'instance_group',
  'zone',
  'host',
  'hypervisor',
  'template',
  'offering',
  'scalable',
  'protected',
  'keyboard',
  'keypairs',
  'details',
  'custom_cpunumber',
  'custom_cpuspeed',
  'custom_memory',
  'userdata_id',
  'userdata_details',
] as const

type ShownGuest = Pick<Selectable<GuestTable>, (typeof shown)[number]>

/** A guest as lists show it; `servedUserdata` is null unless the list asks for it. */
export type ListedGuest = ShownGuest & ReturnType<Awaited<ReturnType<typeof namesOfGuests>>> & GuestGroups

// Left joins though nothing is missing: those of which nothing is asked are dropped.
const joined = (db: Kysely<Database>) =>
  db
    .selectFrom('guest')
    .leftJoin('zone', 'zone.id', 'guest.zone')
    .leftJoin('service_offering', 'service_offering.id', 'guest.offering')
    .leftJoin('template', 'template.id', 'guest.template')
    .leftJoin('host', 'host.id', 'guest.host')
    .leftJoin('cluster', 'cluster.id', 'host.cluster')
    .leftJoin('user_data', 'user_data.id', 'guest.userdata_id')
    .leftJoin('cloud_user', 'cloud_user.id', 'guest.cloud_user')
    .leftJoin('instance_group', 'instance_group.id', 'guest.instance_group')
    .orderBy('guest.created')
    .orderBy('guest.id')

const guests = (db: Kysely<Database>) =>
  joined(db)
    .select([
      'zone.name as zonename',
      'service_offering.name as offeringname',
      sizeOf('cpunumber').as('cpunumber'),
      sizeOf('cpuspeed').as('cpuspeed'),
      sizeOf('memory').as('memory'),
      'service_offering.scalable as offerscaling',
      'instance_group.name as groupname',
      'template.name as templatename',
      'template.displaytext as templatetext',
      'host.name as hostname',
      'user_data.name as userdataname',
      'cloud_user.username',
      sql<string | null>`coalesce(user_data.userdata, guest.userdata)`.as('servedUserdata'),
    ])
    .$castTo<GuestRow>()

export interface GuestFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly ids?: readonly string[] | undefined
  /** All but these. */
  readonly except?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly keyword?: string | undefined
  readonly zone?: string | undefined
  readonly host?: string | undefined
  readonly cluster?: string | undefined
  readonly pod?: string | undefined
  readonly network?: string | undefined
  /** With a nic in one of its tiers. */
  readonly vpc?: string | undefined
  readonly offering?: string | undefined
  readonly template?: string | undefined
  readonly hypervisor?: Hypervisor | undefined
  readonly states?: readonly Guest['state'][] | undefined
  readonly keypair?: string | undefined
  readonly userdata?: string | undefined
  /** In this affinity group. */
  readonly affinity?: string | undefined
  /** In this security group. */
  readonly securityGroup?: string | undefined
  /** In this instance group. */
  readonly group?: string | undefined
  readonly haenable?: boolean | undefined
  /** Who deployed them. */
  readonly user?: string | undefined
  /** No filter: whether their user data is read too. */
  readonly withUserdata?: boolean | undefined
}

/** `begin` is told of the page's guests once these are read, while what they are shown with is. */
export const findGuests = async (
  db: Kysely<Database>,
  filter: GuestFilter,
  page: Page,
  begin?: (guests: readonly ShownGuest[]) => void,
): Promise<Found<ListedGuest>> => {
  let query = joined(db).select(shown.map((column) => `guest.${column}` as const))
  // Up to a MiB for each.
  if (filter.withUserdata) query = query.select('guest.userdata')
  if (filter.accounts) query = query.where(ownedBy('guest', filter.accounts))
  if (filter.ids) query = query.where('guest.id', 'in', filter.ids.length > 0 ? [...filter.ids] : [null as never])
  if (filter.except && filter.except.length > 0) query = query.where('guest.id', 'not in', [...filter.except])
  if (filter.name !== undefined) query = query.where('guest.name', '=', filter.name)
  if (filter.keyword) query = query.where(contains(['guest.name', 'guest.displayname'], filter.keyword))
  if (filter.zone !== undefined) query = query.where('guest.zone', '=', filter.zone)
  if (filter.host !== undefined) query = query.where('guest.host', '=', filter.host)
  if (filter.cluster !== undefined) query = query.where('host.cluster', '=', filter.cluster)
  if (filter.pod !== undefined) query = query.where('cluster.pod', '=', filter.pod)
  if (filter.offering !== undefined) query = query.where('guest.offering', '=', filter.offering)
  if (filter.template !== undefined) query = query.where('guest.template', '=', filter.template)
  if (filter.hypervisor) query = query.where('guest.hypervisor', '=', filter.hypervisor)
  if (filter.states) query = query.where('guest.state', 'in', [...filter.states])
  if (filter.keypair !== undefined) query = query.where(sql<boolean>`guest.keypairs @> ${[filter.keypair]}::text[]`)
  if (filter.userdata !== undefined) query = query.where('guest.userdata_id', '=', filter.userdata)
  if (filter.group !== undefined) query = query.where('guest.instance_group', '=', filter.group)
  if (filter.user !== undefined) query = query.where('guest.cloud_user', '=', filter.user)
  if (filter.haenable !== undefined) query = query.where('guest.haenable', '=', filter.haenable)
  if (filter.securityGroup !== undefined)
    query = query.where(
      sql<boolean>`guest.id in (select guest from security_group_member where security_group = ${filter.securityGroup})`,
    )
  if (filter.affinity !== undefined)
    query = query.where(
      sql<boolean>`guest.id in (select guest from affinity_member where affinity_group = ${filter.affinity})`,
    )
  if (filter.network !== undefined) {
    const network = filter.network
    query = query.where('guest.id', 'in', (eb) =>
      eb
        .selectFrom('nic')
        .select('nic.guest')
        .where('nic.network', '=', network)
        .where('nic.guest', 'is not', null)
        .$castTo<{ guest: string }>(),
    )
  }
  if (filter.vpc !== undefined)
    query = query.where(
      sql<boolean>`guest.id in (select nic.guest from nic join network on network.id = nic.network
        where network.vpc = ${filter.vpc} and nic.guest is not null)`,
    )
  const read = (rows: readonly ShownGuest[]) =>
    Promise.all([
      namesOfGuests(db, rows),
      groupsOfGuests(
        db,
        rows.map(({ id }) => id),
      ),
    ])
  let reading: ReturnType<typeof read> | undefined
  const { count, rows } = await findPage(query.withPlugin(withoutIdleJoins), page, 'guest.id', {
    begin: (page) => {
      reading = read(page)
      // It is waited for below, unless the guests cannot be counted.
      reading.catch(() => {})
      begin?.(page)
    },
    count: countedAnew(db, 'guest'),
  })
  const [namesOf, groupsOf] = (await reading) ?? []
  if (namesOf === undefined || groupsOf === undefined) return { count, rows: [] }
  return { count, rows: rows.map((row) => Object.assign(row, namesOf(row), groupsOf(row.id))) }
}

export const findGuest = (db: Kysely<Database>, id: string): Promise<Guest | undefined> =>
  guests(db).selectAll('guest').select(groupsOfOne).$castTo<Guest>().where('guest.id', '=', id).executeTakeFirst()

/** The row, held until the transaction ends, as are its networks. */
export const lockGuest = async (trx: Kysely<Database>, id: string): Promise<Selectable<GuestTable> | undefined> => {
  await lockInOrder(trx, { networks: await networksOfGuest(trx, id) })
  return trx.selectFrom('guest').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export const insertGuest = async (trx: Kysely<Database>, values: Insertable<GuestTable>): Promise<void> => {
  await trx.insertInto('guest').values(values).execute()
}

/** Changes what is wanted of the guest and raises its revision, which is returned. */
export const reviseGuest = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<GuestTable>,
): Promise<number> => {
  const { revision } = await trx
    .updateTable('guest')
    .set({ ...values, revision: sql`revision + 1` })
    .where('id', '=', id)
    .returning('revision')
    .executeTakeFirstOrThrow()
  return revision
}

/** Another guest on the network has this name already: it is a name in the network's DNS. */
export const nameTaken = async (
  trx: Kysely<Database>,
  network: string,
  name: string,
  except?: string,
): Promise<boolean> => {
  let query = trx
    .selectFrom('guest')
    .innerJoin('nic', 'nic.guest', 'guest.id')
    .select('guest.id')
    .where('nic.network', '=', network)
    .where(sql`lower(guest.name)`, '=', name.toLowerCase())
    .limit(1)
  if (except !== undefined) query = query.where('guest.id', '!=', except)
  return (await query.executeTakeFirst()) !== undefined
}

export const networksOfGuest = async (db: Kysely<Database>, id: string): Promise<string[]> => {
  const rows = await db.selectFrom('nic').select('network').where('guest', '=', id).orderBy('network').execute()
  return rows.flatMap(({ network }) => (network === null ? [] : [network]))
}
