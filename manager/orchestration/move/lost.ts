import { SysvmError } from '@sysvm/errors'
import { sql } from 'kysely'
import type { HostDriver } from '../../hosts/driver.ts'
import { failJobs } from '../../jobs/completion.ts'
import { driverOf } from '../hosts.ts'
import { guestName, type World } from '../world.ts'
import { type Movable, wakeNetworks } from './movable.ts'

/** Whether the host that a machine goes to is gone, or does not answer. */
export const isLost = async (world: World, target: string | null): Promise<boolean> => {
  if (target === null) return true
  const host = await world.db.selectFrom('host').select('state').where('id', '=', target).executeTakeFirst()
  return host?.state !== 'Up'
}

/** Its disk is still there. A router has none. */
const isStillOn = async (world: World, { kind, row }: Movable, host: string): Promise<boolean> => {
  if (kind === 'router') return true
  const machines = await (await driverOf(world, host)).listMachines()
  return machines.some(({ uuid }) => uuid === row.id)
}

const nameOf = async (world: World, host: string | null): Promise<string> => {
  const row =
    host === null
      ? undefined
      : await world.db.selectFrom('host').select('name').where('id', '=', host).executeTakeFirst()
  return row === undefined ? 'The host' : `The host ${row.name}`
}

/**
 * A machine on its way to a host that does not answer is where it was again, and starts there, or goes elsewhere when it
 * must. False when that cannot be: what is left of it is at the other host. What that one may have got goes when it is back.
 */
export const takeBack = async (world: World, machine: Movable, from: string): Promise<boolean> => {
  const { kind, row } = machine
  if (!(await isStillOn(world, machine, from))) return false
  const target = row.target_host
  const error = new SysvmError(
    'SYSVM_RESOURCE_STATE',
    `${await nameOf(world, target)} did not answer while the ${kind} was on its way there: it is started where it was.`,
    { details: { host: target } },
  )
  await world.db.transaction().execute(async (trx) => {
    const state = row.desired === 'Running' ? ('Starting' as const) : ('Stopping' as const)
    await trx
      .updateTable(kind)
      .set({ moving: false, target_host: null, state })
      .where('id', '=', row.id)
      .where('state', '=', 'Migrating')
      .execute()
    if (kind === 'guest' && target !== null)
      await trx
        .insertInto('left_behind')
        .values({ host: target, guest: row.id, machine: guestName(row.number) })
        .execute()
    const jobs = await trx
      .selectFrom('async_job')
      .select('id')
      .where('target_kind', '=', kind)
      .where('target', '=', row.id)
      .where('jobstatus', '=', 0)
      .where('cmd', 'like', 'migrate%')
      .execute()
    await failJobs(
      trx,
      jobs.map(({ id }) => id),
      error,
    )
    await wakeNetworks(trx, world, machine)
    await world.jobs.wake(trx, 'host', from)
    await world.jobs.wake(trx, kind, row.id)
  })
  world.log.warn({ [kind]: row.id, host: target }, 'a move was given up: its host does not answer')
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
