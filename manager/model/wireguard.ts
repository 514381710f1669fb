import { type Insertable, type Kysely, sql } from 'kysely'
import { ownedBy } from './ownership.ts'
import { holds } from './remoteaccess.ts'
import type { RemoteAccessWireGuardTable, WireGuardPeerTable } from './schema/remoteaccess.ts'
import type { Database } from './schema.ts'

export const insertWireGuard = async (
  trx: Kysely<Database>,
  values: Insertable<RemoteAccessWireGuardTable>,
): Promise<void> => {
  await trx.insertInto('remote_access_wireguard').values(values).execute()
}

export const insertWireGuardPeers = async (
  trx: Kysely<Database>,
  values: readonly Insertable<WireGuardPeerTable>[],
): Promise<void> => {
  if (values.length > 0) await trx.insertInto('wireguard_peer').values(values).execute()
}

/** A VPN of WireGuard with the addresses that its users may have. */
export interface WireGuardPool {
  readonly id: string
  readonly first: string
  /** Included. */
  readonly last: string
}

/** Those of an account, which the caller holds, the oldest first. */
export const wireGuardPoolsOf = (trx: Kysely<Database>, account: string): Promise<WireGuardPool[]> =>
  trx
    .selectFrom('remote_access_vpn')
    .select('id')
    .select([sql<string>`host(first_address)`.as('first'), sql<string>`host(last_address)`.as('last')])
    .where(ownedBy('remote_access_vpn', [account]))
    .where('protocol', '=', 'wireguard')
    .orderBy('created')
    .orderBy('id')
    .execute()

/** Addresses that users of a VPN have. */
export const wireGuardAddresses = async (trx: Kysely<Database>, vpn: string): Promise<readonly string[]> => {
  const rows = await trx
    .selectFrom('wireguard_peer')
    .select(sql<string>`host(address)`.as('address'))
    .where('vpn', '=', vpn)
    .execute()
  return rows.map(({ address }) => address)
}

/** What a user's machine must know of a VPN; keys are sealed. */
export interface WireGuardClient {
  readonly vpn: string
  readonly username: string
  /** Of the user. */
  readonly address: string
  readonly private_key: string
  readonly preshared_key: string
  readonly server_key: string
  /** That clients connect to. */
  readonly server: string
  /** Networks behind the VPN. */
  readonly subnets: readonly string[]
  /** The router, where it answers for names. */
  readonly dns: string | null
  /** Whether the VPN's router lets the user in. */
  readonly held: boolean
}

/** Of a user in the VPN of a public address; undefined: the address has no VPN of WireGuard, or not for this user. */
export const findWireGuardClient = async (
  db: Kysely<Database>,
  publicIp: string,
  user: string,
): Promise<WireGuardClient | undefined> => {
  const { rows } = await sql<WireGuardClient>`
    select vpn.id as vpn, vpn_user.username, host(peer.address) as address, peer.private_key, peer.preshared_key,
           own.public_key as server_key, host(public_ip.address) as server,
           array[coalesce(vpc.cidr, network.cidr)::text] as subnets,
           (select host(tier.gateway) from nic
            join router on router.id = nic.router
            join network tier on tier.id = nic.network
            join network_offering on network_offering.id = tier.offering
            where (router.vpc = public_ip.vpc or (public_ip.vpc is null and tier.id = public_ip.network))
              and network_offering.services -> 'Dns' ? 'VirtualRouter'
            order by nic.device limit 1) as dns,
           vpn.problem is null and ${holds('vpn.revision')} and not exists (
             select from vpn_user_revision since
             where since.vpn = vpn.id and since.vpn_user = peer.vpn_user and not (${holds('since.revision')})) as held
    from remote_access_vpn vpn
    join remote_access_wireguard own on own.vpn = vpn.id
    join wireguard_peer peer on peer.vpn = vpn.id
    join vpn_user on vpn_user.id = peer.vpn_user
    join public_ip on public_ip.id = vpn.public_ip
    left join vpc on vpc.id = public_ip.vpc
    left join network on network.id = public_ip.network
    where vpn.public_ip = ${publicIp} and peer.vpn_user = ${user}`.execute(db)
  return rows[0]
}
