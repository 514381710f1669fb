import type { Transaction } from 'kysely'
import { findPublicIp } from '../../model/publicip.ts'
import type { Database } from '../../model/schema.ts'
import { holdForVpnUsers } from '../../model/vpnuser.ts'

/**
 * Holds the account that has an address, whose VPN users then neither come nor go: accounts are held before addresses.
 * Returns its id, empty where nobody has the address.
 */
export const holdUsersOf = async (trx: Transaction<Database>, publicIp: string): Promise<string> => {
  const account = (await findPublicIp(trx, publicIp))?.account ?? ''
  if (account !== '') await holdForVpnUsers(trx, account)
  return account
}
