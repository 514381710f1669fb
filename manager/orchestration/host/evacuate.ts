import { SysvmError } from '@sysvm/errors'
import type { Selectable } from 'kysely'
import type { MachineState } from '../../hosts/driver.ts'
import { endBackoff, isPermanentCode } from '../../jobs/backoff.ts'
import type { Outcome } from '../../jobs/worker.ts'
import type { HostTable } from '../../model/schema.ts'
import { driverOf } from '../hosts.ts'
import { machinesOn } from '../move/machines.ts'
import type { World } from '../world.ts'

type Host = Selectable<HostTable>

/** One that was under way when the preparation began says nothing about it: it may have looked before there was room. */
const ATTEMPTS = 2

/** Says what came of the preparation, unless somebody thought better of it meanwhile. */
const become = (world: World, host: Host, resourcestate: 'Maintenance' | 'ErrorInMaintenance') =>
  world.db
    .updateTable('host')
    .set({ resourcestate })
    .where('id', '=', host.id)
    .where('resourcestate', '=', 'PrepareForMaintenance')
    .execute()

/** Machines of any owner that the host says it runs. */
const runningOn = async (world: World, host: Host): Promise<readonly MachineState[]> => {
  const machines = await (await driverOf(world, host.id)).listMachines()
  return machines.filter(({ state }) => state === 'running')
}

const ids = (machines: readonly MachineState[]): readonly string[] => machines.map(({ uuid }) => uuid)

const again = async (world: World, host: Host): Promise<Outcome> => {
  await world.jobs.wake(world.db, 'host', host.id)
  return 'waiting'
}

const refuse = async (world: World, host: Host, running: readonly MachineState[]): Promise<SysvmError> => {
  await become(world, host, 'ErrorInMaintenance')
  const names = running.map(({ name }) => name).join(', ')
  return new SysvmError(
    'SYSVM_RESOURCE_STATE',
    `The host ${host.name} still runs ${names}, which nothing in this cloud accounts for: end it there.`,
    { details: { host: host.id } },
  )
}

/**
 * A host that is prepared for maintenance: all that runs on it is told to go elsewhere, until nothing does. What cannot
 * go ends the preparation, and stays where it is.
 */
export const evacuate = async (world: World, host: Host): Promise<Outcome> => {
  if (host.resourcestate !== 'PrepareForMaintenance') return 'converged'
  const machines = await machinesOn(world.db, host.id, ids(await runningOn(world, host)))
  if (machines.length === 0) {
    // Rows may be wrong about what runs, and the host is not: its operator is about to switch it off.
    const running = await runningOn(world, host)
    if ((await machinesOn(world.db, host.id, ids(running))).length > 0) return again(world, host)
    if (running.length > 0) throw await refuse(world, host, running)
    await become(world, host, 'Maintenance')
    return 'converged'
  }
  const stuck = machines.find(
    ({ code, failures, moving }) => !moving && code !== null && isPermanentCode(code) && (failures ?? 0) >= ATTEMPTS,
  )
  if (stuck) {
    await become(world, host, 'ErrorInMaintenance')
    throw new SysvmError(
      'SYSVM_RESOURCE_STATE',
      `The ${stuck.name} cannot leave the host ${host.name}: ${stuck.reason ?? stuck.code}`,
      { details: { host: host.id } },
    )
  }
  for (const { kind, id, running, moving } of machines) {
    if (running && !moving)
      await world.db
        .updateTable(kind)
        .set(kind === 'router' ? { moving: true, may_pause: false } : { moving: true })
        .where('id', '=', id)
        .where('host', '=', host.id)
        .where('desired', '=', 'Running')
        .execute()
    if (!moving) await endBackoff(world.db, { kind, id })
    await world.jobs.wake(world.db, kind, id)
  }
  return 'waiting'
}
