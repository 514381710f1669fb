import { networksOfRange, overlaps } from '@sysvm/agent/spec'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import { gives, type RouterBase } from '../base.ts'

/** Where clients of a remote access VPN come to, and which addresses they get. */
export interface ClientRows {
  readonly id: string
  readonly publicIp: string
  readonly pool: { readonly first: string; readonly last: string }
}

interface VpnRow {
  readonly id: string
  readonly public_ip: string
  readonly account: string
  readonly first: string
  readonly last: string
}

/** What a protocol has of its own, beside `vpn` and `public_ip`. */
interface Own {
  readonly columns: RawBuilder<unknown>
  readonly joins: RawBuilder<unknown>
}

/**
 * The remote access VPN of the protocol whose joins these are, its columns and whose it is. Undefined: there is none. A
 * router has one of each at most: only the address that its networks go out by takes one.
 */
export const readClientVpn = async <Columns>(
  db: Kysely<Database>,
  { addresses }: RouterBase,
  { columns, joins }: Own,
): Promise<{ readonly client: ClientRows; readonly account: string; readonly own: Columns } | undefined> => {
  const { rows } = await sql<VpnRow & Columns>`
    select vpn.id, vpn.public_ip, public_ip.account, host(vpn.first_address) as first, host(vpn.last_address) as last,
           ${columns}
    from remote_access_vpn vpn
    join public_ip on public_ip.id = vpn.public_ip
    ${joins}
    where vpn.public_ip = any(${addresses.map(({ id }) => id)}::uuid[])
    order by vpn.created limit 1`.execute(db)
  const [vpn] = rows
  if (vpn === undefined) return undefined
  const { id, public_ip: publicIp, first, last, account } = vpn
  return { client: { id, publicIp, pool: { first, last } }, account, own: vpn }
}

/** Whether the router would take it: an address of another range may have come since the API looked. */
const fits = ({ addresses, nics }: RouterBase, { pool }: ClientRows): boolean => {
  const near = [...addresses, ...nics].map(({ address, prefix }) => `${address}/${prefix}`)
  return networksOfRange(pool).every((cidr) => near.every((one) => !overlaps(cidr, one)))
}

/** Why the router is not given the VPN though it has its address. */
export const clientProblem = (base: RouterBase, rows: ClientRows): string | undefined =>
  fits(base, rows)
    ? undefined
    : `The addresses of clients, ${rows.pool.first}-${rows.pool.last}, overlap a network of the router.`

/** What clients come to and reach; undefined while the machine has not the address, or is not on the network that they want. */
export const clientAccess = (base: RouterBase, rows: ClientRows) => {
  const address = base.addresses.find(({ id }) => id === rows.publicIp)?.address
  const server = base.networks.find((network) => gives(network, 'Dns'))
  const subnets = base.vpc === undefined ? base.networks.map(({ cidr }) => cidr) : [base.vpc.cidr]
  if (address === undefined || subnets.length === 0 || !fits(base, rows)) return undefined
  return {
    address,
    pool: rows.pool,
    subnets,
    // The router itself answers there, with the names of guests.
    dns: server === undefined ? [] : [server.gateway],
  }
}
