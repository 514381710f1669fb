import { eui64 } from '@sysvm/agent/spec'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../../model/database.ts'
import type { RouterBase, RouterGuest } from '../base.ts'

/** IPv6 addresses that guests' nics were asked to have, by nic. */
export const readAskedAddresses = async (
  db: Kysely<Database>,
  { guests }: RouterBase,
): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await sql<{ id: string; address6: string }>`
    select id, host(address6) as address6 from nic
    where id = any(${guests.map(({ nic }) => nic)}::uuid[]) and address6 is not null`.execute(db)
  return new Map(rows.map(({ id, address6 }) => [id, address6]))
}

/** The address that was asked for, and is leased by DHCPv6, else the one that the guest makes of its MAC address. */
export const addressOf6 = (asked: ReadonlyMap<string, string>, guest: RouterGuest, ip6cidr: string): string =>
  asked.get(guest.nic) ?? eui64(ip6cidr, guest.mac)
