import type { RouterServices } from '@sysvm/router/spec'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import { peerSecrets, serverSecret } from '../../../wireguard/seals.ts'
import { type ClientRows, clientAccess, readClientVpn } from './clients.ts'
import type { RouterPart, Secrets } from './part.ts'

type Peer = NonNullable<NonNullable<RouterServices['wireguard']>['peers']>[number]

/** The remote access VPN of WireGuard with its users' machines, secrets opened. */
export interface WireGuardRows extends ClientRows {
  readonly privateKey: string
  readonly peers: readonly Peer[]
}

interface PeerRow {
  readonly vpn_user: string
  readonly username: string
  readonly address: string
  readonly public_key: string
  readonly preshared_key: string
}

const readPeers = async (db: Kysely<Database>, vpn: string, secrets: Secrets): Promise<readonly Peer[]> => {
  const { rows } = await sql<PeerRow>`
    select peer.vpn_user, vpn_user.username, host(peer.address) as address, peer.public_key, peer.preshared_key
    from wireguard_peer peer join vpn_user on vpn_user.id = peer.vpn_user
    where peer.vpn = ${vpn} order by peer.address`.execute(db)
  return rows.map((row) => ({
    user: row.username,
    address: row.address,
    publicKey: row.public_key,
    presharedKey: secrets.unseal(peerSecrets(vpn, row.vpn_user).presharedKey, row.preshared_key),
  }))
}

const own = { columns: sql`own.private_key`, joins: sql`join remote_access_wireguard own on own.vpn = vpn.id` }

/** WireGuard for people's machines. */
export const wireguard: RouterPart<'wireguard', WireGuardRows | undefined> = {
  name: 'wireguard',
  read: async (db, base, secrets) => {
    const vpn = await readClientVpn<{ readonly private_key: string }>(db, base, own)
    if (vpn === undefined) return undefined
    const { id } = vpn.client
    return {
      ...vpn.client,
      privateKey: secrets.unseal(serverSecret(id), vpn.own.private_key),
      peers: await readPeers(db, id, secrets),
    }
  },
  spec: (base, rows) => {
    const access = rows && clientAccess(base, rows)
    return access && { ...access, privateKey: rows.privateKey, peers: [...rows.peers] }
  },
}
