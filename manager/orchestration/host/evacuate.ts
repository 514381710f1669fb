import { SysvmError } from '@sysvm/errors'
import type { Selectable } from 'kysely'
import { endBackoff, isPermanentCode } from '../../jobs/backoff.ts'
import type { Outcome } from '../../jobs/worker.ts'
import type { HostTable } from '../../model/schema.ts'
import { machinesOn } from '../move/index.ts'
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

/**
 * A host that is prepared for maintenance: all that runs on it is told to go elsewhere, until nothing does. What cannot
 * go ends the preparation, and stays where it is.
 */
export const evacuate = async (world: World, host: Host): Promise<Outcome> => {
  if (host.resourcestate !== 'PrepareForMaintenance') return 'converged'
  const machines = await machinesOn(world.db, host.id)
  if (machines.length === 0) {
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
        .set({ moving: true })
        .where('id', '=', id)
        .where('host', '=', host.id)
        .where('desired', '=', 'Running')
        .execute()
    if (!moving) await endBackoff(world.db, { kind, id })
    await world.jobs.wake(world.db, kind, id)
  }
  return 'waiting'
}
