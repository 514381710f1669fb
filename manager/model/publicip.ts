import { type Kysely, type Selectable, sql, type Updateable } from 'kysely'
import { type Accounts, amongAccounts } from './among.ts'
import { addressContains } from './contains.ts'
import { isDedicatedToNobody } from './dedication.ts'
import { ownedBy } from './ownership.ts'
import { type Found, findPage, type Page } from './page.ts'
import type { Database, PublicIpTable } from './schema.ts'

export type PublicIp = Selectable<PublicIpTable> & {
  readonly vlan: string
  readonly physical_network: string
  readonly zone: string
  readonly zonename: string
  readonly networkname: string | null
  readonly vpcname: string | null
  /** The guest that has it one to one. */
  readonly guest: string | null
  readonly guestname: string | null
  readonly guestdisplayname: string | null
  readonly guestaddress: string | null
  readonly hasrules: boolean
  readonly balances: boolean
}

const hasRules = (purpose?: string) => sql<boolean>`exists (
  select from ip_rule where ip_rule.public_ip = public_ip.id
  and ${purpose === undefined ? sql`true` : sql`ip_rule.purpose = ${purpose}`})`

// Left joins though nothing is missing: the planner drops those that a count does not need.
const publicIps = (db: Kysely<Database>) =>
  db
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .leftJoin('zone', 'zone.id', 'vlan_range.zone')
    .leftJoin('network', 'network.id', 'public_ip.network')
    .leftJoin('vpc', 'vpc.id', 'public_ip.vpc')
    .leftJoin('nic', 'nic.id', 'public_ip.static_nat_nic')
    .leftJoin('guest', 'guest.id', 'nic.guest')
    .selectAll('public_ip')
    .select([
      'vlan_range.vlan',
      'vlan_range.physical_network',
      'vlan_range.zone',
      'zone.name as zonename',
      'network.name as networkname',
      'vpc.name as vpcname',
      'guest.id as guest',
      'guest.name as guestname',
      'guest.displayname as guestdisplayname',
      // Without its nic a further address is nobody's.
      sql<
        string | null
      >`case when nic.id is not null then host(coalesce(public_ip.static_nat_address, nic.address)) end`.as(
        'guestaddress',
      ),
      hasRules().as('hasrules'),
      hasRules('LoadBalancing').as('balances'),
    ])
    .$castTo<PublicIp>()
    .orderBy('public_ip.address')
    .orderBy('public_ip.id')

/** Free: nobody has it and nobody reserved it. Releasing: its router has not yet let it go. */
export const publicIpStates = ['Allocated', 'Free', 'Reserved', 'Releasing'] as const
export type PublicIpState = (typeof publicIpStates)[number]

export const stateOfPublicIp = (row: {
  readonly allocated: Date | null
  readonly reserved: boolean
  readonly release_revision: number | null
}): PublicIpState => {
  if (row.release_revision !== null) return 'Releasing'
  if (row.allocated !== null) return 'Allocated'
  return row.reserved ? 'Reserved' : 'Free'
}

const isState = (state: PublicIpState) =>
  sql<boolean>`${state} = case
    when public_ip.release_revision is not null then 'Releasing'
    when public_ip.allocated is not null then 'Allocated'
    when public_ip.reserved then 'Reserved' else 'Free' end`

export interface PublicIpFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  /** With `accounts`: also those that nobody has and that are not dedicated to others. */
  readonly free?: boolean | undefined
  readonly id?: string | undefined
  readonly address?: string | undefined
  readonly keyword?: string | undefined
  readonly zone?: string | undefined
  readonly range?: string | undefined
  readonly physicalNetwork?: string | undefined
  readonly network?: string | undefined
  readonly vpc?: string | undefined
  readonly sourceNat?: boolean | undefined
  readonly staticNat?: boolean | undefined
  /** The guest's nic that has it one to one. */
  readonly staticNic?: string | undefined
  readonly balancing?: boolean | undefined
  /** Only those that somebody has or reserved, as CloudStack means allocated. */
  readonly taken?: boolean | undefined
  readonly state?: PublicIpState | undefined
}

/** What nobody has, and is not dedicated to others. */
const freeFor = (accounts: Accounts) => sql<boolean>`public_ip.account is null and (
  ${isDedicatedToNobody('vlan_range')} or ${amongAccounts('vlan_range.account', accounts)}
  or vlan_range.domain in (select account.domain from account where ${amongAccounts('account.id', accounts)}))`

export const findPublicIps = (db: Kysely<Database>, filter: PublicIpFilter, page: Page): Promise<Found<PublicIp>> => {
  let query = publicIps(db)
  if (filter.accounts) {
    const theirs = ownedBy('public_ip', filter.accounts)
    query = query.where(filter.free ? sql<boolean>`(${theirs} or ${freeFor(filter.accounts)})` : theirs)
  }
  if (filter.id !== undefined) query = query.where('public_ip.id', '=', filter.id)
  if (filter.address !== undefined) query = query.where('public_ip.address', '=', filter.address)
  if (filter.keyword) query = query.where(addressContains('public_ip.address', filter.keyword))
  if (filter.zone !== undefined) query = query.where('vlan_range.zone', '=', filter.zone)
  if (filter.range !== undefined) query = query.where('public_ip.range', '=', filter.range)
  if (filter.physicalNetwork !== undefined)
    query = query.where('vlan_range.physical_network', '=', filter.physicalNetwork)
  if (filter.network !== undefined) query = query.where('public_ip.network', '=', filter.network)
  if (filter.vpc !== undefined) query = query.where('public_ip.vpc', '=', filter.vpc)
  if (filter.sourceNat !== undefined) query = query.where('public_ip.is_source_nat', '=', filter.sourceNat)
  if (filter.staticNat !== undefined)
    query = query.where('public_ip.static_nat_nic', filter.staticNat ? 'is not' : 'is', null)
  if (filter.staticNic !== undefined) query = query.where('public_ip.static_nat_nic', '=', filter.staticNic)
  if (filter.balancing !== undefined)
    query = query.where(filter.balancing ? hasRules('LoadBalancing') : sql<boolean>`not ${hasRules('LoadBalancing')}`)
  if (filter.taken) query = query.where((eb) => eb.or([eb('allocated', 'is not', null), eb('reserved', '=', true)]))
  if (filter.state !== undefined) query = query.where(isState(filter.state))
  return findPage(query, page, 'public_ip.id')
}

export const findPublicIp = (db: Kysely<Database>, id: string): Promise<PublicIp | undefined> =>
  publicIps(db).where('public_ip.id', '=', id).executeTakeFirst()

/** The address of this text in the zone, held until the transaction ends. */
export const lockAddressOfZone = (trx: Kysely<Database>, zone: string, address: string) =>
  trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .selectAll('public_ip')
    .where('vlan_range.zone', '=', zone)
    .where('public_ip.address', '=', address)
    .forUpdate('public_ip')
    .executeTakeFirst()

/** Whether the account has reserved the address; read without a lock. */
export const isReservedFor = async (
  db: Kysely<Database>,
  zone: string,
  address: string,
  account: string,
): Promise<boolean> => {
  const row = await db
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .select('public_ip.id')
    .where('vlan_range.zone', '=', zone)
    .where('public_ip.address', '=', address)
    .where('public_ip.account', '=', account)
    .where('public_ip.reserved', '=', true)
    .executeTakeFirst()
  return row !== undefined
}

/** Gives an address back that no network has and no rule uses: it is free at once. */
export const freeUnbound = (trx: Kysely<Database>, id: string): Promise<void> =>
  updatePublicIp(trx, id, { allocated: null, account: null })

export const updatePublicIp = async (
  trx: Kysely<Database>,
  id: string,
  values: Updateable<PublicIpTable>,
): Promise<void> => {
  await trx.updateTable('public_ip').set(values).where('id', '=', id).execute()
}

/**
 * The row, held until the transaction ends, with its zone: whatever is decided by an address's rules is decided one
 * after the other.
 */
export const lockPublicIp = (trx: Kysely<Database>, id: string) =>
  trx
    .selectFrom('public_ip')
    .innerJoin('vlan_range', 'vlan_range.id', 'public_ip.range')
    .selectAll('public_ip')
    .select('vlan_range.zone')
    .where('public_ip.id', '=', id)
    .forUpdate('public_ip')
    .executeTakeFirst()
