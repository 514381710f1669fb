import { type Insertable, type Kysely, sql } from 'kysely'
import type { Accounts } from './among.ts'
import { isHeld, servingRouter } from './held.ts'
import { ownedBy } from './ownership.ts'
import { anywhere, type Found, findPage, type Page } from './page.ts'
import type { RevisedVpn } from './remoteaccess.ts'
import type { VpnUserTable } from './schema/remoteaccess.ts'
import type { Database } from './schema.ts'

/** As clients see one: without the password. */
export interface VpnUser {
  readonly id: string
  readonly account: string
  readonly username: string
  /** Whether the user was removed: routers may let the user in still. */
  readonly revoked: boolean
  /** Whether the router of every VPN of the account lets the user in, or out for good. */
  readonly held: boolean
}

/** Whether every router that was to hear of the user did. */
const heard = sql<boolean>`not exists (
  select from vpn_user_revision since
  join remote_access_vpn vpn on vpn.id = since.vpn
  join public_ip on public_ip.id = vpn.public_ip
  where since.vpn_user = vpn_user.id
    and not (public_ip.vpc is null and ${isHeld('public_ip.network', 'since.revision')})
    and not exists (
      select from router where router.id = ${servingRouter('public_ip.vpc')} and router.revision >= since.revision))`

const users = (db: Kysely<Database>) =>
  db
    .selectFrom('vpn_user')
    .select(['vpn_user.id', 'vpn_user.account', 'vpn_user.username', 'vpn_user.revoked'])
    .select(
      sql<boolean>`${heard} and not exists (
          select from public_ip join remote_access_vpn vpn on vpn.public_ip = public_ip.id
          where public_ip.account = vpn_user.account and vpn.problem is not null)`.as('held'),
    )
    .where(sql<boolean>`not (vpn_user.revoked and ${heard})`)
    .orderBy('vpn_user.created')
    .orderBy('vpn_user.id')

/** Names are the same whatever their case, as strongSwan has it. */
const named = (username: string) => sql<boolean>`lower(vpn_user.username) = lower(${username})`

export const findVpnUsers = (
  db: Kysely<Database>,
  filter: {
    /** Only what these accounts have; undefined: everybody's. */
    readonly accounts?: Accounts | undefined
    readonly id?: string | undefined
    readonly username?: string | undefined
    /** Part of the name. */
    readonly keyword?: string | undefined
  },
  page: Page,
): Promise<Found<VpnUser>> => {
  let query = users(db)
  if (filter.accounts) query = query.where(ownedBy('vpn_user', filter.accounts))
  if (filter.id !== undefined) query = query.where('vpn_user.id', '=', filter.id)
  if (filter.username !== undefined) query = query.where(named(filter.username))
  if (filter.keyword) query = query.where('vpn_user.username', 'ilike', anywhere(filter.keyword))
  return findPage(query, page)
}

export const findVpnUser = (db: Kysely<Database>, id: string): Promise<VpnUser | undefined> =>
  users(db).where('vpn_user.id', '=', id).executeTakeFirst()

/** Others may give the account things meanwhile, but no users, nor take some away. */
export const holdForVpnUsers = async (trx: Kysely<Database>, account: string): Promise<void> => {
  await sql`select from account where id = ${account} for no key update`.execute(trx)
}

/** How many an account has; the caller holds the account. */
export const countVpnUsers = async (trx: Kysely<Database>, account: string): Promise<number> => {
  const { count } = await trx
    .selectFrom('vpn_user')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('account', '=', account)
    .where('revoked', '=', false)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** False when the name is taken, in whatever case. */
export const insertVpnUser = async (trx: Kysely<Database>, values: Insertable<VpnUserTable>): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('vpn_user')
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Ids of those of an account, the oldest first; the caller holds the account. */
export const vpnUsersOf = async (trx: Kysely<Database>, account: string): Promise<readonly string[]> => {
  const rows = await trx
    .selectFrom('vpn_user')
    .select('id')
    .where('account', '=', account)
    .where('revoked', '=', false)
    .orderBy('created')
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** From these revisions on the user is let in, or no more. */
export const expectVpnUser = async (
  trx: Kysely<Database>,
  user: string,
  vpns: readonly RevisedVpn[],
): Promise<void> => {
  if (vpns.length === 0) return
  await trx
    .insertInto('vpn_user_revision')
    .values(vpns.map(({ id, revision }) => ({ vpn_user: user, vpn: id, revision })))
    .onConflict((conflict) =>
      conflict.columns(['vpn_user', 'vpn']).doUpdateSet((eb) => ({ revision: eb.ref('excluded.revision') })),
    )
    .execute()
}

/** Takes all that a user comes in by; the row stays until routers have heard of it. Its id; undefined: there is none of the name. */
export const revokeVpnUserNamed = async (
  trx: Kysely<Database>,
  account: string,
  username: string,
): Promise<string | undefined> => {
  const row = await trx
    .updateTable('vpn_user')
    .set({ revoked: true, password: '' })
    .where('account', '=', account)
    .where('revoked', '=', false)
    .where(named(username))
    .returning('id')
    .executeTakeFirst()
  if (row !== undefined) await trx.deleteFrom('wireguard_peer').where('vpn_user', '=', row.id).execute()
  return row?.id
}

/** Forgets removed users of whom all routers have heard. */
export const forgetVpnUsers = async (db: Kysely<Database>): Promise<void> => {
  await sql`delete from vpn_user where revoked and ${heard}`.execute(db)
}
