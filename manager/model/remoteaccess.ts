import { type Insertable, type Kysely, type Selectable, sql } from 'kysely'
import type { Accounts } from './among.ts'
import { isHeld, servingRouter } from './held.ts'
import { lockInOrder } from './lock.ts'
import { reviseNetwork } from './network.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type {
  RemoteAccessCertificateTable,
  RemoteAccessL2tpTable,
  RemoteAccessProtocol,
  RemoteAccessVpnTable,
} from './schema/remoteaccess.ts'
import type { Database } from './schema.ts'
import { reviseVpc } from './vpc.ts'

/** As clients see one: without its private key. */
export interface RemoteAccessVpn {
  readonly id: string
  readonly account: string | null
  readonly public_ip: string
  readonly address: string
  readonly protocol: RemoteAccessProtocol
  readonly first: string
  readonly last: string
  readonly fordisplay: boolean
  /** Of one that shows a certificate: its end. */
  readonly expires: Date | null
  /** Of the same, its account's authority, in PEM. */
  readonly authority: string | null
  /** Of one of WireGuard. */
  readonly publicKey: string | null
  /** Of one of L2TP: its key, sealed. */
  readonly presharedkey: string | null
  /** Whether its router has it as it is now. */
  readonly held: boolean
  /** Why its router was not given it. */
  readonly problem: string | null
}

/** Whether the router of the VPN's address holds a revision. */
export const holds = (revision: string) => sql<boolean>`case when public_ip.vpc is null
  then ${isHeld('public_ip.network', revision)}
  else exists (
    select from router where router.id = ${servingRouter('public_ip.vpc')} and router.revision >= ${sql.ref(revision)}) end`

// Left joins though nothing is missing: the planner drops those that a count does not need.
const vpns = (db: Kysely<Database>) =>
  db
    .selectFrom('remote_access_vpn')
    .leftJoin('public_ip', 'public_ip.id', 'remote_access_vpn.public_ip')
    .leftJoin('remote_access_certificate as shown', 'shown.vpn', 'remote_access_vpn.id')
    .leftJoin('remote_access_wireguard as wireguard', 'wireguard.vpn', 'remote_access_vpn.id')
    .leftJoin('vpn_authority', (join) =>
      join.onRef('vpn_authority.account', '=', 'public_ip.account').on('shown.vpn', 'is not', null),
    )
    .leftJoin('remote_access_l2tp as l2tp', 'l2tp.vpn', 'remote_access_vpn.id')
    .select(['remote_access_vpn.id', 'remote_access_vpn.public_ip', 'remote_access_vpn.protocol', 'l2tp.presharedkey'])
    .select(['shown.expires', 'remote_access_vpn.fordisplay', 'public_ip.account', 'remote_access_vpn.problem'])
    .select([
      'wireguard.public_key as publicKey',
      'vpn_authority.certificate as authority',
      holds('remote_access_vpn.revision').as('held'),
    ])
    .select([
      sql<string>`host(public_ip.address)`.as('address'),
      sql<string>`host(remote_access_vpn.first_address)`.as('first'),
      sql<string>`host(remote_access_vpn.last_address)`.as('last'),
    ])
    .$castTo<RemoteAccessVpn>()
    .orderBy('remote_access_vpn.created')
    .orderBy('remote_access_vpn.id')

export interface RemoteAccessVpnFilter {
  /** Only what these accounts have; undefined: everybody's. */
  readonly accounts?: Accounts | undefined
  readonly id?: string | undefined
  readonly publicIp?: string | undefined
  readonly network?: string | undefined
  readonly fordisplay?: boolean | undefined
  /** Part of the public address. */
  readonly keyword?: string | undefined
}

export const findRemoteAccessVpns = (
  db: Kysely<Database>,
  filter: RemoteAccessVpnFilter,
  page: Page,
): Promise<Found<RemoteAccessVpn>> => {
  let query = vpns(db)
  if (filter.accounts) query = query.where(ownedBy('remote_access_vpn', filter.accounts))
  if (filter.id !== undefined) query = query.where('remote_access_vpn.id', '=', filter.id)
  if (filter.publicIp !== undefined) query = query.where('remote_access_vpn.public_ip', '=', filter.publicIp)
  if (filter.fordisplay !== undefined) query = query.where('remote_access_vpn.fordisplay', '=', filter.fordisplay)
  if (filter.network !== undefined)
    query = query.where(
      sql<boolean>`remote_access_vpn.public_ip in (select id from public_ip where network = ${filter.network} and vpc is null)`,
    )
  if (filter.keyword) query = query.where(sql<boolean>`host(public_ip.address) like ${anywhere(filter.keyword)}`)
  return findPage(query, page, 'remote_access_vpn.id')
}

export const findRemoteAccessVpn = (db: Kysely<Database>, id: string): Promise<RemoteAccessVpn | undefined> =>
  vpns(db).where('remote_access_vpn.id', '=', id).executeTakeFirst()

/** Those of a public address, whose row the caller holds; of one protocol only where one is named. */
export const vpnsOfAddress = (
  trx: Kysely<Database>,
  publicIp: string,
  protocol: RemoteAccessProtocol | undefined,
): Promise<Pick<Selectable<RemoteAccessVpnTable>, 'id' | 'protocol'>[]> =>
  trx
    .selectFrom('remote_access_vpn')
    .select(['id', 'protocol'])
    .where('public_ip', '=', publicIp)
    .$if(protocol !== undefined, (query) => query.where('protocol', '=', protocol ?? 'ikev2'))
    .orderBy('created')
    .forUpdate()
    .execute()

/** Any of the protocol of a network or VPC, which the caller holds. */
export const vpnOfOwner = (
  trx: Kysely<Database>,
  { kind, id }: RevisedVpn['target'],
  protocol: RemoteAccessProtocol,
): Promise<{ readonly id: string; readonly address: string } | undefined> =>
  trx
    .selectFrom('remote_access_vpn')
    .innerJoin('public_ip', 'public_ip.id', 'remote_access_vpn.public_ip')
    .select(['remote_access_vpn.id', sql<string>`host(public_ip.address)`.as('address')])
    .where(`public_ip.${kind}`, '=', id)
    .where('protocol', '=', protocol)
    .executeTakeFirst()

export const insertRemoteAccessVpn = async (
  trx: Kysely<Database>,
  values: Insertable<RemoteAccessVpnTable>,
): Promise<void> => {
  await trx.insertInto('remote_access_vpn').values(values).execute()
}

export const insertVpnKey = async (trx: Kysely<Database>, values: Insertable<RemoteAccessL2tpTable>): Promise<void> => {
  await trx.insertInto('remote_access_l2tp').values(values).execute()
}

export const insertVpnCertificate = async (
  trx: Kysely<Database>,
  values: Insertable<RemoteAccessCertificateTable>,
): Promise<void> => {
  await trx.insertInto('remote_access_certificate').values(values).execute()
}

export const deleteRemoteAccessVpnRow = async (trx: Kysely<Database>, id: string): Promise<void> => {
  await trx.deleteFrom('remote_access_vpn').where('id', '=', id).execute()
}

/** False when it is gone. */
export const showRemoteAccessVpn = async (
  trx: Kysely<Database>,
  id: string,
  fordisplay: boolean | undefined,
): Promise<boolean> => {
  const { numUpdatedRows } = await trx
    .updateTable('remote_access_vpn')
    .set({ id, ...(fordisplay === undefined ? {} : { fordisplay }) })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** A VPN whose router is to hear of a change. */
export interface RevisedVpn {
  readonly id: string
  readonly target: { readonly kind: 'network' | 'vpc'; readonly id: string }
  readonly revision: number
}

/** Raises the revision of whatever has the VPNs' addresses, which are held until the transaction ends. */
export const reviseVpns = async (
  trx: Kysely<Database>,
  vpns: readonly { readonly id: string; readonly public_ip: string }[],
): Promise<readonly RevisedVpn[]> => {
  await lockInOrder(trx, { addresses: vpns.map(({ public_ip }) => public_ip) })
  const revised: RevisedVpn[] = []
  for (const { id, public_ip } of vpns) {
    const owner = await trx
      .selectFrom('public_ip')
      .select(['network', 'vpc'])
      .where('id', '=', public_ip)
      .executeTakeFirst()
    const target =
      owner?.vpc != null
        ? ({ kind: 'vpc', id: owner.vpc } as const)
        : ({ kind: 'network', id: owner?.network ?? '' } as const)
    const revision = await (target.kind === 'vpc' ? reviseVpc : reviseNetwork)(trx, target.id)
    if (revision !== undefined) revised.push({ id, target, revision })
  }
  return revised
}

/** Whether the router was given a VPN, and if not, why. */
export const noteVpnProblem = async (db: Kysely<Database>, vpn: string, problem: string | undefined): Promise<void> => {
  await db
    .updateTable('remote_access_vpn')
    .set({ problem: problem ?? null })
    .where('id', '=', vpn)
    .where('problem', 'is distinct from', problem ?? null)
    .execute()
}

/** Those of an account, the oldest first, without a lock. */
export const vpnsOfAccount = (
  db: Kysely<Database>,
  account: string,
): Promise<{ readonly id: string; readonly public_ip: string }[]> =>
  db
    .selectFrom('remote_access_vpn')
    .select(['id', 'public_ip'])
    .where(ownedBy('remote_access_vpn', [account]))
    .orderBy('created')
    .orderBy('id')
    .execute()

/** The authority of an account with its sealed key; undefined: it has none yet. */
export const vpnAuthority = (db: Kysely<Database>, account: string) =>
  db
    .selectFrom('vpn_authority')
    .select(['certificate', 'private_key'])
    .where('account', '=', account)
    .executeTakeFirst()

/** Keeps the one that another transaction made meanwhile. */
export const insertVpnAuthority = async (
  trx: Kysely<Database>,
  values: { readonly account: string; readonly certificate: string; readonly private_key: string },
): Promise<void> => {
  await trx
    .insertInto('vpn_authority')
    .values(values)
    .onConflict((conflict) => conflict.column('account').doNothing())
    .execute()
}

/** Addresses of clients of the VPNs of a network or VPC. */
export const poolsOf = async (
  trx: Kysely<Database>,
  { kind, id }: RevisedVpn['target'],
): Promise<readonly { readonly id: string; readonly first: string; readonly last: string }[]> => {
  const { rows } = await sql<{ id: string; first: string; last: string }>`
    select vpn.id, host(vpn.first_address) as first, host(vpn.last_address) as last
    from remote_access_vpn vpn join public_ip on public_ip.id = vpn.public_ip
    where ${sql.ref(`public_ip.${kind}`)} = ${id}`.execute(trx)
  return rows
}
