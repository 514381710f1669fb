import type { Kysely } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { ClientRows } from './clients.ts'
import type { Secrets } from './part.ts'

/** A remote access VPN whose clients have names and passwords, which are opened. */
export interface PeopleRows extends ClientRows {
  readonly users: readonly { readonly name: string; readonly password: string }[]
}

export const readUsers = async (db: Kysely<Database>, account: string, secrets: Secrets) => {
  const rows = await db
    .selectFrom('vpn_user')
    .select(['id', 'username', 'password'])
    .where('account', '=', account)
    .where('revoked', '=', false)
    .orderBy('username')
    .execute()
  return rows.map(({ id, username, password }) => ({
    name: username,
    password: secrets.unseal(`vpnuser/${id}`, password),
  }))
}
