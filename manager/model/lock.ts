import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

interface Held {
  readonly addresses?: readonly (string | null)[]
  readonly networks?: readonly (string | null)[]
}

const lockRows = async (trx: Kysely<Database>, table: 'public_ip' | 'network', ids: readonly (string | null)[]) => {
  const named = ids.filter((id) => id !== null)
  if (named.length > 0)
    await sql`select from ${sql.table(table)} where id = any(${named}::uuid[]) order by id for update`.execute(trx)
}

/** Keeps addresses whose they are until the transaction ends. */
export const shareAddresses = async (trx: Kysely<Database>, ids: readonly string[]): Promise<void> => {
  await sql`select from public_ip where id = any(${[...ids]}::uuid[]) order by id for share`.execute(trx)
}

/**
 * Holds rows until the transaction ends, in the one order that keeps transactions from waiting for each other: domains
 * and accounts whose limits are asked for (limit/room.ts), zone,
 * public addresses, networks, each by their ids, then rules, guests and nics, and the VPC last. Who locks a rule or a
 * guest first reads, without a lock, where it belongs. With an address all networks are held that its rules lead to: when
 * one of the rules goes, the address may be another network's.
 */
export const lockInOrder = async (trx: Kysely<Database>, { addresses = [], networks = [] }: Held): Promise<void> => {
  await lockRows(trx, 'public_ip', addresses)
  const named = addresses.filter((id) => id !== null)
  const led =
    named.length === 0
      ? []
      : await trx.selectFrom('ip_rule').select('network').distinct().where('public_ip', 'in', named).execute()
  await lockRows(trx, 'network', [...networks, ...led.map(({ network }) => network)])
}
