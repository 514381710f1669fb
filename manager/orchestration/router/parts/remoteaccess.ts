import type { RouterServices } from '@sysvm/router/spec'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { RouterBase } from '../base.ts'
import { clientAccess, readClientVpn } from './clients.ts'
import type { Secrets } from './part.ts'
import { type PeopleRows, readUsers } from './people.ts'

type Spec = NonNullable<NonNullable<RouterServices['vpn']>['remoteAccess']>

interface OwnRow {
  readonly certificate: string
  readonly authority: string
  readonly private_key: string
}

/** The remote access VPN of IKEv2 with what it shows and whom it lets in, secrets opened; undefined: there is none. */
export interface RemoteAccessRows extends PeopleRows {
  readonly chain: string
  readonly key: string
}

const own = {
  columns: sql`shown.certificate, vpn_authority.certificate as authority, shown.private_key`,
  joins: sql`join remote_access_certificate shown on shown.vpn = vpn.id
    join vpn_authority on vpn_authority.account = public_ip.account`,
}

/** With its secrets opened; undefined: there is none. */
export const readRemoteAccess = async (
  db: Kysely<Database>,
  base: RouterBase,
  secrets: Secrets,
): Promise<RemoteAccessRows | undefined> => {
  const vpn = await readClientVpn<OwnRow>(db, base, own)
  if (vpn === undefined) return undefined
  return {
    ...vpn.client,
    chain: `${vpn.own.certificate}${vpn.own.authority}`,
    key: secrets.unseal(`vpn/${vpn.client.id}`, vpn.own.private_key),
    users: await readUsers(db, vpn.account, secrets),
  }
}

/** Undefined where there is none, or the router cannot be given it yet. */
export const remoteAccessOf = (base: RouterBase, rows: RemoteAccessRows | undefined): Spec | undefined => {
  const access = rows && clientAccess(base, rows)
  return access && { ...access, chain: rows.chain, key: rows.key, users: [...rows.users] }
}
