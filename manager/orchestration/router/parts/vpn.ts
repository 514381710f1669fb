import { contains, networksOfRange, overlaps } from '@sysvm/agent/spec'
import type { RouterServices } from '@sysvm/router/spec'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { VpnCustomerGatewayTable } from '../../../model/schema/vpn.ts'
import type { RouterBase } from '../base.ts'
import { type L2tpRows, l2tpOf, readL2tp } from './l2tp.ts'
import type { RouterPart, Secrets } from './part.ts'
import { type RemoteAccessRows, readRemoteAccess, remoteAccessOf } from './remoteaccess.ts'

type Vpn = NonNullable<RouterServices['vpn']>
type Connection = NonNullable<Vpn['connections']>[number]

/** A connection with what it is to: its key is open. */
export interface ConnectionRow
  extends Pick<
    VpnCustomerGatewayTable,
    | 'gateway'
    | 'cidrlist'
    | 'ikepolicy'
    | 'esppolicy'
    | 'ikelifetime'
    | 'esplifetime'
    | 'dpd'
    | 'forceencap'
    | 'splitconnections'
    | 'ikeversion'
  > {
  readonly id: string
  readonly address: string
  readonly passive: boolean
  readonly resets: number
  readonly psk: string
}

export interface VpnRows {
  readonly connections: readonly ConnectionRow[]
  readonly remoteAccess: RemoteAccessRows | undefined
  readonly l2tp: L2tpRows | undefined
}

type SealedRow = Omit<ConnectionRow, 'psk'> & { readonly customer: string; readonly ipsecpsk: string }

const readConnections = async (
  db: Kysely<Database>,
  vpc: string,
  secrets: Secrets,
): Promise<readonly ConnectionRow[]> => {
  const { rows } = await sql<SealedRow>`
    select connection.id, host(public_ip.address) as address, connection.passive, connection.resets,
           peer.id as customer, peer.gateway, peer.cidrlist, peer.ipsecpsk, peer.ikepolicy, peer.esppolicy,
           peer.ikelifetime, peer.esplifetime, peer.dpd, peer.forceencap, peer.splitconnections, peer.ikeversion
    from vpn_gateway
    join ip_rule on ip_rule.id = vpn_gateway.rule
    join public_ip on public_ip.id = ip_rule.public_ip
    join vpn_connection connection on connection.vpn_gateway = vpn_gateway.id
    join vpn_customer_gateway peer on peer.id = connection.customer_gateway
    where vpn_gateway.vpc = ${vpc}
    order by connection.created, connection.id`.execute(db)
  return rows.map(({ customer, ipsecpsk, ...row }) => ({
    ...row,
    psk: secrets.unseal(`vpncustomergateway/${customer}`, ipsecpsk),
  }))
}

/** Proposals in strongSwan's words, preferred ones first. */
const proposalsOf = (policy: string): string[] => policy.replaceAll(';', '-').split(',')

/**
 * Why the router would not take it: its own networks are no peer's. The API looked when the connection was made, but an
 * address of another range may have come since, and one connection must not keep all else from the router.
 */
const misfit = (
  { addresses, nics }: RouterBase,
  pool: readonly string[],
  { address, gateway, cidrlist }: ConnectionRow,
): string | undefined => {
  const near = [...addresses, ...nics.filter(({ role }) => role !== 'control')]
  if (addresses.every((one) => one.address !== address)) return 'Its public address is not on the router yet.'
  if (near.some((one) => one.address === gateway)) return 'Its peer is an address of the router itself.'
  const taken = [...near.map((one) => `${one.address}/${one.prefix}`), ...pool]
  if (cidrlist.some((cidr) => taken.some((one) => overlaps(cidr, one))))
    return 'Networks behind its peer overlap a network of the router, or the addresses of its remote access VPN.'
  return cidrlist.some((cidr) => contains(cidr, gateway)) ? 'Its peer is in a network behind itself.' : undefined
}

const connectionOf = (cidr: string, row: ConnectionRow): Connection => ({
  id: row.id,
  version: row.ikeversion,
  local: { address: row.address, subnets: [cidr] },
  remote: { gateway: row.gateway, subnets: [...row.cidrlist] },
  ike: { proposals: proposalsOf(row.ikepolicy), lifetimeSeconds: row.ikelifetime },
  esp: { proposals: proposalsOf(row.esppolicy), lifetimeSeconds: row.esplifetime },
  ...(row.dpd ? { dpd: {} } : {}),
  encap: row.forceencap,
  passive: row.passive,
  split: row.splitconnections,
  resets: row.resets,
  psk: row.psk,
})

const poolOf = (base: RouterBase, rows: VpnRows): readonly string[] => {
  const people = [remoteAccessOf(base, rows.remoteAccess), l2tpOf(base, rows.l2tp)]
  return people.flatMap((one) => (one === undefined ? [] : networksOfRange(one.pool)))
}

/** Connections that the router is not given, each with why. */
export const leftOut = (
  base: RouterBase,
  rows: VpnRows,
): readonly { readonly id: string; readonly reason: string }[] => {
  const pool = poolOf(base, rows)
  return rows.connections.flatMap((row) => {
    const reason = misfit(base, pool, row)
    return reason === undefined ? [] : [{ id: row.id, reason }]
  })
}

/** Tunnels of a VPC to other sites, and people's machines. */
export const vpn: RouterPart<'vpn', VpnRows> = {
  name: 'vpn',
  read: async (db, base, secrets) => ({
    connections: base.vpc === undefined ? [] : await readConnections(db, base.vpc.id, secrets),
    remoteAccess: await readRemoteAccess(db, base, secrets),
    l2tp: await readL2tp(db, base, secrets),
  }),
  spec: (base, rows) => {
    const { vpc } = base
    const remoteAccess = remoteAccessOf(base, rows.remoteAccess)
    const l2tp = l2tpOf(base, rows.l2tp)
    const unfit = new Set(leftOut(base, rows).map(({ id }) => id))
    const fitting = rows.connections.filter(({ id }) => !unfit.has(id))
    // Not in clear, either.
    const guarded = rows.connections.flatMap(({ id, cidrlist }) => (unfit.has(id) ? cidrlist : []))
    const people = { ...(remoteAccess && { remoteAccess }), ...(l2tp && { l2tp }) }
    if (vpc === undefined || rows.connections.length === 0) return Object.keys(people).length === 0 ? undefined : people
    return {
      ...(fitting.length > 0 && { connections: fitting.map((row) => connectionOf(vpc.cidr, row)) }),
      ...(guarded.length > 0 && { guarded }),
      ...people,
    }
  },
}
