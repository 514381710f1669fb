import { networksOfRange, overlaps } from '@sysvm/agent/spec'
import type { RouterServices } from '@sysvm/router/spec'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import { gives, type RouterBase } from '../base.ts'
import type { Secrets } from './part.ts'

type Spec = NonNullable<NonNullable<RouterServices['vpn']>['remoteAccess']>

interface VpnRow {
  readonly id: string
  readonly public_ip: string
  readonly account: string
  readonly first: string
  readonly last: string
  readonly certificate: string
  readonly authority: string
  readonly private_key: string
}

/** The remote access VPN with what it shows and whom it lets in, secrets opened; undefined: there is none. */
export interface RemoteAccessRows {
  readonly publicIp: string
  readonly pool: { readonly first: string; readonly last: string }
  readonly chain: string
  readonly key: string
  readonly users: readonly { readonly name: string; readonly password: string }[]
}

const readUsers = async (db: Kysely<Database>, account: string, secrets: Secrets) => {
  const rows = await db
    .selectFrom('vpn_user')
    .select(['id', 'username', 'password'])
    .where('account', '=', account)
    .orderBy('username')
    .execute()
  return rows.map(({ id, username, password }) => ({
    name: username,
    password: secrets.unseal(`vpnuser/${id}`, password),
  }))
}

/** A router has one at most: only the address that its networks go out by takes one. */
export const readRemoteAccess = async (
  db: Kysely<Database>,
  { addresses }: RouterBase,
  secrets: Secrets,
): Promise<RemoteAccessRows | undefined> => {
  const { rows } = await sql<VpnRow>`
    select vpn.id, vpn.public_ip, public_ip.account, host(vpn.first_address) as first, host(vpn.last_address) as last,
           vpn.certificate, vpn_authority.certificate as authority, vpn.private_key
    from remote_access_vpn vpn
    join public_ip on public_ip.id = vpn.public_ip
    join vpn_authority on vpn_authority.account = public_ip.account
    where vpn.public_ip = any(${addresses.map(({ id }) => id)}::uuid[])
    order by vpn.created limit 1`.execute(db)
  const [vpn] = rows
  if (vpn === undefined) return undefined
  return {
    publicIp: vpn.public_ip,
    pool: { first: vpn.first, last: vpn.last },
    chain: `${vpn.certificate}${vpn.authority}`,
    key: secrets.unseal(`vpn/${vpn.id}`, vpn.private_key),
    users: await readUsers(db, vpn.account, secrets),
  }
}

/** Whether the router would take it: an address of another range may have come since the API looked. */
const fits = ({ addresses, nics }: RouterBase, { pool }: RemoteAccessRows): boolean => {
  const near = [...addresses, ...nics].map(({ address, prefix }) => `${address}/${prefix}`)
  return networksOfRange(pool).every((cidr) => near.every((one) => !overlaps(cidr, one)))
}

/** Why the router is not given the VPN though it has its address. */
export const remoteAccessProblem = (base: RouterBase, rows: RemoteAccessRows): string | undefined =>
  fits(base, rows)
    ? undefined
    : `The addresses of clients, ${rows.pool.first}-${rows.pool.last}, overlap a network of the router.`

/** Undefined while the machine has not the address, or is not on the network that clients want to reach. */
export const remoteAccessOf = (base: RouterBase, rows: RemoteAccessRows | undefined): Spec | undefined => {
  const address = base.addresses.find(({ id }) => id === rows?.publicIp)?.address
  const server = base.networks.find((network) => gives(network, 'Dns'))
  const subnets = base.vpc === undefined ? base.networks.map(({ cidr }) => cidr) : [base.vpc.cidr]
  if (rows === undefined || address === undefined || subnets.length === 0 || !fits(base, rows)) return undefined
  return {
    address,
    pool: rows.pool,
    subnets,
    // The router itself answers there, with the names of guests.
    dns: server === undefined ? [] : [server.gateway],
    chain: rows.chain,
    key: rows.key,
    users: [...rows.users],
  }
}
