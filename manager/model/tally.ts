import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/**
 * Adds what was written down since to the sums of accounts, hosts and clusters. Whoever reads sums and changes in one statement
 * (the view `tallied`) sees the same before and after. One does it at a time; another one that comes meanwhile has
 * nothing to do. Returns how many changes were added.
 */
export const foldTally = (db: Kysely<Database>): Promise<number> =>
  db.transaction().execute(async (trx) => {
    const lock = await sql<{
      mine: boolean
    }>`select pg_try_advisory_xact_lock(hashtext('sysvm tally')) as mine`.execute(trx)
    if (lock.rows[0]?.mine !== true) return 0
    const folded = await sql<{ changes: string }>`
      with gone as (delete from tally_change returning *),
      added as (
        insert into tally as sum
          select what, id, sum(machines), sum(cpus), sum(memory) from gone group by what, id
        on conflict (what, id) do update set machines = sum.machines + excluded.machines,
          cpus = sum.cpus + excluded.cpus, memory = sum.memory + excluded.memory)
      select count(*) as changes from gone`.execute(trx)
    await sql`delete from tally where machines = 0 and cpus = 0 and memory = 0`.execute(trx)
    return Number(folded.rows[0]?.changes ?? 0)
  })
