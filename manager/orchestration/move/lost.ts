import { SysvmError } from '@sysvm/errors'
import { sql, type Transaction } from 'kysely'
import type { HostDriver } from '../../hosts/driver.ts'
import { failJobs } from '../../jobs/completion.ts'
import type { Target } from '../../jobs/queue.ts'
import type { Database } from '../../model/database.ts'
import { driverOf } from '../hosts.ts'
import { guestName, routerName, type World } from '../world.ts'
import { type Movable, wakeNetworks } from './movable.ts'

const isLost = async (world: World, target: string): Promise<boolean> => {
  const host = await world.db.selectFrom('host').select('state').where('id', '=', target).executeTakeFirst()
  return host?.state !== 'Up'
}

/** Its disk is still there. A router has none. */
const isStillOn = async (world: World, { kind, row }: Movable, host: string): Promise<boolean> => {
  if (kind === 'router') return true
  const machines = await (await driverOf(world, host)).listMachines()
  return machines.some(({ uuid }) => uuid === row.id)
}

/** So many attempts in a row that failed say that the next one will. */
const ATTEMPTS = 3

/** Why it will not arrive; undefined as long as it may. */
const hindrance = async (world: World, { kind, row }: Movable): Promise<string | undefined> => {
  const { target_host: target } = row
  const host =
    target === null
      ? undefined
      : await world.db.selectFrom('host').select(['name', 'state']).where('id', '=', target).executeTakeFirst()
  if (host === undefined) return 'the host it was on its way to was removed'
  if (host.state !== 'Up') return `the host ${host.name} it was on its way to does not answer`
  const backoff = await world.db
    .selectFrom('backoff')
    .select('failures')
    .where('kind', '=', kind)
    .where('target', '=', row.id)
    .executeTakeFirst()
  return (backoff?.failures ?? 0) < ATTEMPTS
    ? undefined
    : `it could not be brought to the host ${host.name}, ${ATTEMPTS} times: ${row.reason}`
}

/** What came of it there already is deleted; false when that must wait until the host answers. */
const isDiscarded = async (world: World, name: string, target: string): Promise<boolean> => {
  try {
    await (await driverOf(world, target)).destroyMachine(name)
    return true
  } catch {
    return false
  }
}

/** Ends the jobs of these commands that wait for something which is given up. */
export const failWaiting = async (
  trx: Transaction<Database>,
  target: Target,
  commands: string,
  error: unknown,
): Promise<void> => {
  const jobs = await trx
    .selectFrom('async_job')
    .select('id')
    .where('target_kind', '=', target.kind)
    .where('target', '=', target.id)
    .where('jobstatus', '=', 0)
    .where('cmd', 'like', commands)
    .execute()
  await failJobs(
    trx,
    jobs.map(({ id }) => id),
    error,
  )
}

/** What cannot go ends the preparation of its host for maintenance, and stays. */
const endPreparation = async (trx: Transaction<Database>, host: string, error: SysvmError): Promise<void> => {
  const { numUpdatedRows } = await trx
    .updateTable('host')
    .set({ resourcestate: 'ErrorInMaintenance' })
    .where('id', '=', host)
    .where('resourcestate', '=', 'PrepareForMaintenance')
    .executeTakeFirst()
  if (numUpdatedRows > 0n) await failWaiting(trx, { kind: 'host', id: host }, 'prepareHostForMaintenance', error)
}

/**
 * A machine on its way that will not arrive is where it was again. It starts there, or goes elsewhere when it must and its
 * host does not answer; what fails again and again ends the preparation of its host. False when it may arrive, or must,
 * since what is left of it is at the other host. What that one got goes, once it answers.
 */
export const takeBack = async (world: World, machine: Movable, from: string): Promise<boolean> => {
  const { kind, row } = machine
  const why = await hindrance(world, machine)
  if (why === undefined || !(await isStillOn(world, machine, from))) return false
  const target = row.target_host
  const name = kind === 'guest' ? guestName(row.number) : routerName(row.number)
  const error = new SysvmError('SYSVM_RESOURCE_STATE', `The ${kind} ${name} starts where it was: ${why}.`, {
    details: { host: target },
  })
  const lost = target === null || (await isLost(world, target))
  const left = kind === 'guest' && target !== null && (lost || !(await isDiscarded(world, name, target)))
  await world.db.transaction().execute(async (trx) => {
    const state = row.desired === 'Running' ? ('Starting' as const) : ('Stopping' as const)
    await trx
      .updateTable(kind)
      .set({ moving: false, target_host: null, state })
      .where('id', '=', row.id)
      .where('state', '=', 'Migrating')
      .execute()
    if (left) await trx.insertInto('left_behind').values({ host: target, guest: row.id, machine: name }).execute()
    await failWaiting(trx, { kind, id: row.id }, 'migrate%', error)
    if (!lost) await endPreparation(trx, from, error)
    await wakeNetworks(trx, world, machine)
    await world.jobs.wake(trx, 'host', from)
    await world.jobs.wake(trx, kind, row.id)
  })
  world.log.warn({ [kind]: row.id, host: target, why }, 'a move was given up')
  return true
}

/** Guests whose moves to the host were given up leave nothing on it; asked before anything can be placed there again. */
export const removeLeftBehind = async (world: World, driver: HostDriver, host: string): Promise<void> => {
  const rows = await world.db.selectFrom('left_behind').selectAll().where('host', '=', host).execute()
  for (const { number, guest, machine } of rows) {
    const { rows: own } = await sql`
      select from guest where id = ${guest} and (host = ${host} or target_host = ${host})`.execute(world.db)
    if (own.length === 0) await driver.destroyMachine(machine)
    await world.db.deleteFrom('left_behind').where('number', '=', number).execute()
  }
}
