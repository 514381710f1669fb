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

/**
 * Holds rows until the transaction ends, in the one order that keeps transactions from waiting for each other: zone,
 * public addresses, networks, each by their ids, then rules, guests and nics, and the VPC last. Who locks a rule or a
 * guest first reads, without a lock, where it belongs.
 */
export const lockInOrder = async (trx: Kysely<Database>, { addresses = [], networks = [] }: Held): Promise<void> => {
  await lockRows(trx, 'public_ip', addresses)
  await lockRows(trx, 'network', networks)
}
