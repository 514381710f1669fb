import { randomBytes, X509Certificate } from 'node:crypto'
import type { Transaction } from 'kysely'
import { issueServer } from '../../certificates/issue.ts'
import { insertVpnCertificate, insertVpnKey } from '../../model/remoteaccess.ts'
import type { RemoteAccessProtocol } from '../../model/schema/remoteaccess.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { sealed } from '../sealed.ts'
import { authorityOf, type NewKeys } from './authority.ts'
import type { IpRange } from './iprange.ts'
import { makeWireGuard } from './wireguard.ts'

/** A VPN that was made just now, at a public address. */
interface NewVpn {
  readonly id: string
  readonly account: string
  readonly address: string
  readonly range: IpRange
  /** Where its protocol has certificates. */
  readonly keys: NewKeys | undefined
}

type MakeSettings = (context: Context, trx: Transaction<Database>, vpn: NewVpn) => Promise<void>

const certificate: MakeSettings = async (context, trx, { id, account, address, keys }) => {
  const authority = await authorityOf(context, trx, account, keys?.authority)
  const server = await issueServer(authority, [address], { key: keys?.server })
  await insertVpnCertificate(trx, {
    vpn: id,
    certificate: server.certificate,
    private_key: sealed(context, `vpn/${id}`, server.privateKey),
    expires: new X509Certificate(server.certificate).validToDate,
  })
}

const wireguard: MakeSettings = (context, trx, { id, account, range }) =>
  makeWireGuard(context, trx, { id, ...range }, account)

/** Bytes of randomness in a key that all clients know; 32 characters of it. */
const KEY_BYTES = 24

const sharedKey: MakeSettings = (context, trx, { id }) =>
  insertVpnKey(trx, {
    vpn: id,
    presharedkey: sealed(context, `vpn/${id}`, randomBytes(KEY_BYTES).toString('base64url')),
  })

/** Gives a new VPN what only its protocol has; one that is not here is not supported. */
export const settingsOf: Readonly<Partial<Record<RemoteAccessProtocol, MakeSettings>>> = {
  ikev2: certificate,
  wireguard,
  l2tp: sharedKey,
}
