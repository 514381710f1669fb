import type { Kysely } from 'kysely'
import type { Jobs, Kind } from '../../jobs/index.ts'
import type { Database } from '../../model/database.ts'

/** Guests of the network that should run and do not yet, or run and are yet to be put on it. */
export const waitingGuests = async (db: Kysely<Database>, network: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('nic')
    .innerJoin('guest', 'guest.id', 'nic.guest')
    .select('guest.id')
    .where('nic.network', '=', network)
    .where('guest.desired', '=', 'Running')
    .where('nic.leaving', '=', false)
    .where((eb) =>
      eb.or([
        eb('guest.state', 'in', ['Starting', 'Stopped']),
        eb.and([eb('guest.state', '=', 'Running'), eb('nic.plugged', '=', false)]),
      ]),
    )
    .execute()
  return rows.map(({ id }) => id)
}

export const wakeAll = async (db: Kysely<Database>, jobs: Jobs, kind: Kind, ids: readonly string[]): Promise<void> => {
  // Two wakes of one target wait for each other's transactions: everybody wakes in one order.
  for (const id of ids.toSorted()) await jobs.wake(db, kind, id)
}
