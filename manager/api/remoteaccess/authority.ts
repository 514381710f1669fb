import type { Transaction } from 'kysely'
import { type Issued, newAuthority } from '../../certificates/issue.ts'
import { insertVpnAuthority, vpnAuthority } from '../../model/remoteaccess.ts'
import type { Database } from '../../model/schema.ts'
import type { Context } from '../command.ts'
import { sealed, unsealed } from '../sealed.ts'

/** Who signs the certificates of the account's VPNs; made with its first one, and kept, as clients trust it. */
export const authorityOf = async (context: Context, trx: Transaction<Database>, account: string): Promise<Issued> => {
  const where = `vpnauthority/${account}`
  const read = async (): Promise<Issued | undefined> => {
    const row = await vpnAuthority(trx, account)
    return row && { certificate: row.certificate, privateKey: unsealed(context, where, row.private_key) }
  }
  const there = await read()
  if (there !== undefined) return there
  const made = await newAuthority(`sysvm VPN ${account}`)
  await insertVpnAuthority(trx, {
    account,
    certificate: made.certificate,
    private_key: sealed(context, where, made.privateKey),
  })
  return (await read()) ?? made
}
