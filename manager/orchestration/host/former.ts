import { setTimeout as sleep } from 'node:timers/promises'
import { SysvmError } from '@sysvm/errors'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { driverOfHypervisor } from '../../hosts/index.ts'
import { endBackoff } from '../../jobs/backoff.ts'
import type { Outcome } from '../../jobs/worker.ts'
import type { Database } from '../../model/database.ts'
import type { FormerHostTable } from '../../model/schema/move.ts'
import type { HostTable } from '../../model/schema.ts'
import type { HostAccess, World } from '../world.ts'

const ROUNDS = 20
const PAUSE_MS = 250

/** What the manager made there ends. Rejects when the host does not answer, or something does not end. */
export const clear = async (world: World, access: HostAccess): Promise<void> => {
  const driver = world.hosts.open(access)
  // Whoever was at work on one when the host was removed may start it once more.
  for (let round = 0; round < ROUNDS; round++) {
    const machines = await driver.listMachines()
    if (machines.length === 0 && round > 0) return
    for (const { name } of machines) await driver.destroyMachine(name)
    await sleep(PAUSE_MS)
  }
  throw new SysvmError('SYSVM_IN_USE', `Machines of the removed host ${access.url} do not end.`, {
    details: { host: access.id },
  })
}

/** The host is remembered until it answers: what it runs is somebody else's by then, or nobody's. */
export const rememberHost = async (trx: Transaction<Database>, world: World, host: Selectable<HostTable>) => {
  const { hypervisor } = await trx
    .selectFrom('cluster')
    .select('hypervisor')
    .where('id', '=', host.cluster)
    .executeTakeFirstOrThrow()
  const { id, name, url, hostkey } = host
  await trx.insertInto('former_host').values({ id, name, url, hypervisor, hostkey }).execute()
  await world.jobs.wake(trx, 'host', id)
}

type Place = Pick<Selectable<HostTable>, 'url' | 'hostkey'>

/** By its address, or by its key when it got another one. */
const sameMachine = ({ url, hostkey }: Place) => sql<boolean>`(url = ${url} or hostkey = ${hostkey})`

const accessOf = (world: World, { id, url, hostkey, hypervisor }: Selectable<FormerHostTable>): HostAccess => ({
  ...{ id, url, hostKey: hostkey, driver: driverOfHypervisor(hypervisor) },
  // Its own, from when it was a host: whoever was at work there and was paused does nothing more.
  fence: world.fence?.(id),
})

/** A host that was removed by force: all that it runs ends once it answers, and then it is forgotten. */
export const clearFormerHost = async (world: World, id: string): Promise<Outcome> => {
  const former = await world.db.selectFrom('former_host').selectAll().where('id', '=', id).executeTakeFirst()
  if (former === undefined) return 'converged'
  try {
    await clear(world, accessOf(world, former))
  } finally {
    await world.hosts.forget(id)
  }
  await world.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('former_host').where('id', '=', id).execute()
    const added = await trx.selectFrom('host').select('id').where(sameMachine(former)).orderBy('id').execute()
    for (const host of added) {
      await endBackoff(trx, { kind: 'host', id: host.id })
      await world.jobs.wake(trx, 'host', host.id)
    }
  })
  world.log.info({ host: id, url: former.url }, 'a removed host came back, and what it ran is ended')
  return 'converged'
}

/** A host that was added again is used when nothing is left on it of what it was before. */
export const awaitFormerHost = async (world: World, place: Place): Promise<void> => {
  const left = await formerHosts(world.db, place)
  for (const id of left) await world.jobs.wake(world.db, 'host', id)
  if (left.length > 0)
    throw new SysvmError(
      'SYSVM_HOST_UNREACHABLE',
      'This host was removed by force before: what it still runs since then is ended first.',
      { details: { url: place.url } },
    )
}

const formerHosts = async (db: Kysely<Database>, place: Place): Promise<readonly string[]> => {
  const rows = await db.selectFrom('former_host').select('id').where(sameMachine(place)).orderBy('id').execute()
  return rows.map(({ id }) => id)
}
