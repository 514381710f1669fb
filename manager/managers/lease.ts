import { type Kysely, sql } from 'kysely'
import { type Database, noteEntered, sessionName } from '../model/database.ts'
import { failLostJobs } from '../model/job.ts'
import { isDead, thisProcess } from './process.ts'
import type { Renewals } from './silence.ts'

/** A manager that is seen not to renew its lease for so long may be declared dead. */
export const TERM_MS = 6000

export interface Self {
  readonly id: string
  /** Of the machine it runs on. */
  readonly name: string
  readonly version: string
}

/** Raises the epoch for all: what others still do under an older one is refused wherever this one acts first. */
const raiseEpoch = async (db: Kysely<Database>): Promise<number> => {
  const { rows } = await sql<{ epoch: number }>`select raise_epoch()::float8 as epoch`.execute(db)
  return rows[0]?.epoch ?? 0
}

/** No epoch is that far ahead of the clock: whoever says so may not move those of all others there. */
const AHEAD = '1 year'

/**
 * Raises the epoch above one that a host has seen and the database has not: it failed over to another server that had not
 * heard of it yet. Who is up by this database may act, whatever the other one knew. False when nothing was raised.
 */
export const raiseAbove = async (db: Kysely<Database>, id: string, above: number): Promise<boolean> => {
  const { numAffectedRows } = await sql`
    update fence set epoch = greatest(epoch, ${above}::bigint) + 1
    where epoch < ${above}::bigint
      and ${above}::bigint < extract(epoch from clock_timestamp() + ${AHEAD}::interval) * 1000
      and exists (select from manager where id = ${id} and state = 'Up')`.execute(db)
  return numAffectedRows === 1n
}

/** Enters a manager that starts. Returns its epoch. */
export const enter = async (db: Kysely<Database>, { id, name, version }: Self): Promise<number> => {
  const epoch = await db.transaction().execute(async (trx) => {
    const epoch = await raiseEpoch(trx)
    const values = { id, name, address: '', version, process: thisProcess(), epoch: String(epoch) }
    await trx.insertInto('manager').values(values).execute()
    return epoch
  })
  noteEntered(id)
  return epoch
}

/** Tells where the manager's API answers. Who answered there before, and who is gone for a week, is forgotten. */
export const announce = (db: Kysely<Database>, { id, name }: Self, address: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await trx.updateTable('manager').set({ address }).where('id', '=', id).execute()
    await sql`delete from manager where state = 'Down'
      and ((name = ${name} and address = ${address}) or stopped < now() - interval '7 days')`.execute(trx)
  })

export interface Other {
  readonly process: string
  /** How often it renewed its lease. */
  readonly renewals: number
}

export interface Beat {
  readonly epoch: number
  /** Managers that are up, this one included. */
  readonly up: number
  /** The one that does what only one may do: the oldest that is up. */
  readonly leads: boolean
  /** Others that are up, by their ids. */
  readonly others: Readonly<Record<string, Other>>
  /** There are hosts that nobody sees to. */
  readonly free: boolean
  /** Managers went lately whose sessions may still be there. */
  readonly ghosts: boolean
}

/** Renews the lease; undefined when this manager was declared dead. */
export const beat = async (db: Kysely<Database>, id: string): Promise<Beat | undefined> => {
  const { rows } = await sql<Beat>`
    with renewed as (
      update manager set heartbeat = clock_timestamp(), renewals = renewals + 1, epoch = (select epoch from fence)
      where id = ${id} and state = 'Up' returning epoch::float8 as epoch)
    select renewed.epoch,
      (select count(*)::int from manager where state = 'Up') as up,
      (select manager.id from manager where state = 'Up' order by started, manager.id limit 1) = ${id}::uuid as leads,
      (select coalesce(jsonb_object_agg(manager.id, jsonb_build_object('process', process, 'renewals', renewals)), '{}')
         from manager where state = 'Up' and manager.id <> ${id}) as others,
      exists (select from host where manager is null) or exists (
        select from manager join host on host.manager = manager.id where manager.state = 'Down') as free,
      exists (select from manager where state = 'Down' and stopped > now() - interval '1 hour') as ghosts
    from renewed`.execute(db)
  return rows[0]
}

export const renewalsOf = ({ others }: Beat): Renewals =>
  Object.fromEntries(Object.entries(others).map(([id, { renewals }]) => [id, renewals]))

/** Those who are gone: their processes ended, or they are late. */
export const goneOf = (found: Beat, late: readonly string[]): Renewals =>
  Object.fromEntries(
    Object.entries(renewalsOf(found)).filter(([id]) => late.includes(id) || isDead(found.others[id]?.process ?? '')),
  )

/**
 * Declares managers dead, unless they renewed their lease since it was looked; their hosts are free. Nothing that they begin
 * from now on is done: not by hosts, that see a newer epoch, and not by the database, whose sessions with them are cut.
 */
export const bury = (db: Kysely<Database>, gone: Renewals): Promise<readonly string[]> =>
  db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string }>`
      update manager set state = 'Down', stopped = clock_timestamp()
      from jsonb_each_text(${JSON.stringify(gone)}::jsonb) as seen (id, renewals)
      where manager.state = 'Up' and manager.id = seen.id::uuid and manager.renewals = seen.renewals::bigint
      returning manager.id`.execute(trx)
    const dead = rows.map(({ id }) => id)
    if (dead.length === 0) return []
    await raiseEpoch(trx)
    await trx.updateTable('host').set({ manager: null }).where('manager', 'in', dead).execute()
    await failLostJobs(trx)
    return dead
  })

/** Cuts what managers that are Down still have open, and with it the locks and transactions they hold. */
export const cutGhosts = async (db: Kysely<Database>): Promise<number> => {
  const { rows } = await sql<{ cut: number }>`
    select count(pg_terminate_backend(pid))::int as cut
    from pg_stat_activity session
    join manager on manager.state = 'Down' and starts_with(session.application_name, ${sessionName('')} || ' ' || manager.id)
    where session.datname = current_database()`.execute(db)
  return rows[0]?.cut ?? 0
}

/** Leaves for good; its hosts are free at once. */
export const leave = (db: Kysely<Database>, id: string): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await raiseEpoch(trx)
    await sql`update manager set state = 'Down', stopped = clock_timestamp() where id = ${id} and state = 'Up'`.execute(
      trx,
    )
    await trx.updateTable('host').set({ manager: null }).where('manager', '=', id).execute()
    await failLostJobs(trx)
  })
