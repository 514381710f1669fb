import type { RouterServices } from '@sysvm/router/spec'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { RouterBase } from '../base.ts'
import { clientAccess, readClientVpn } from './clients.ts'
import type { Secrets } from './part.ts'
import { type PeopleRows, readUsers } from './people.ts'

type Spec = NonNullable<NonNullable<RouterServices['vpn']>['l2tp']>

/** The remote access VPN of L2TP with its key and whom it lets in, secrets opened. */
export interface L2tpRows extends PeopleRows {
  readonly psk: string
}

const own = { columns: sql`l2tp.presharedkey`, joins: sql`join remote_access_l2tp l2tp on l2tp.vpn = vpn.id` }

/** With its secrets opened; undefined: there is none. */
export const readL2tp = async (
  db: Kysely<Database>,
  base: RouterBase,
  secrets: Secrets,
): Promise<L2tpRows | undefined> => {
  const vpn = await readClientVpn<{ readonly presharedkey: string }>(db, base, own)
  if (vpn === undefined) return undefined
  return {
    ...vpn.client,
    psk: secrets.unseal(`vpn/${vpn.client.id}`, vpn.own.presharedkey),
    users: await readUsers(db, vpn.account, secrets),
  }
}

/** Undefined where there is none, or the router cannot be given it yet. */
export const l2tpOf = (base: RouterBase, rows: L2tpRows | undefined): Spec | undefined => {
  const access = rows && clientAccess(base, rows)
  return access && { ...access, psk: rows.psk, users: [...rows.users] }
}
