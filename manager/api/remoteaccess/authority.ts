import type { KeyObject } from 'node:crypto'
import type { Transaction } from 'kysely'
import { type Issued, newAuthority, newKey } from '../../certificates/issue.ts'
import { findPublicIp } from '../../model/publicip.ts'
import { insertVpnAuthority, vpnAuthority } from '../../model/remoteaccess.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { sealed, unsealed } from '../sealed.ts'

/** Private keys for a VPN that is about to be made. */
export interface NewKeys {
  readonly server: KeyObject
  /** Where the account has no authority yet. */
  readonly authority: KeyObject | undefined
}

/** Makes them before the transaction, which would hold others up: each takes a fraction of a second. */
export const newKeysFor = async ({ db }: Context, publicIp: string): Promise<NewKeys> => {
  const account = (await findPublicIp(db, publicIp))?.account
  const has = account != null && (await vpnAuthority(db, account)) !== undefined
  const [server, authority] = await Promise.all([newKey(), has ? undefined : newKey()])
  return { server, authority }
}

/** Who signs the certificates of the account's VPNs; made with its first one, and kept, as clients trust it. */
export const authorityOf = async (
  context: Context,
  trx: Transaction<Database>,
  account: string,
  key: KeyObject | undefined,
): Promise<Issued> => {
  const where = `vpnauthority/${account}`
  const read = async (): Promise<Issued | undefined> => {
    const row = await vpnAuthority(trx, account)
    return row && { certificate: row.certificate, privateKey: unsealed(context, where, row.private_key) }
  }
  const there = await read()
  if (there !== undefined) return there
  const made = await newAuthority(`sysvm VPN ${account}`, { key })
  await insertVpnAuthority(trx, {
    account,
    certificate: made.certificate,
    private_key: sealed(context, where, made.privateKey),
  })
  return (await read()) ?? made
}
