import { isIPv4 } from 'node:net'
import { isSysvmError } from '@sysvm/errors'
import { type Selectable, sql } from 'kysely'
import type { HostFacts } from '../../hosts/driver.ts'
import { parseHostUrl } from '../../hosts/index.ts'
import type { Outcome, Reconcile } from '../../jobs/worker.ts'
import { lastSeen, noteSeen } from '../../model/host.ts'
import type { HostTable } from '../../model/schema.ts'
import { hostAccess } from '../hosts.ts'
import { removeLeftBehind } from '../move/lost.ts'
import type { World } from '../world.ts'
import { evacuate } from './evacuate.ts'
import { awaitFormerHost, clearFormerHost } from './former.ts'
import { hostReturned, reviveMissing } from './machines.ts'
import { removeHost } from './remove.ts'

type Host = Selectable<HostTable>

/** A host that has not answered for this long is Down; until then it is in Alert. */
const DOWN_AFTER_MS = 30_000

/** The key is taken as it is shown exactly once, while none is known. */
const pin = async (world: World, host: Host): Promise<void> => {
  if (host.hostkey !== null) return
  const hostkey = await world.hosts.fingerprint(host.url)
  if (hostkey === undefined) return
  await world.db.updateTable('host').set({ hostkey }).where('id', '=', host.id).where('hostkey', 'is', null).execute()
}

/**
 * Tunnels start at the address by which the host is reached, unless it was given one; this machine and hosts that are
 * reached by a name have the one that is in their pod's subnet.
 */
const underlayOf = async (world: World, host: Host, facts: HostFacts): Promise<string | null> => {
  if (host.underlay !== null) return host.underlay
  const address = parseHostUrl(host.url)
  if (address.kind === 'ssh' && isIPv4(address.host) && !address.host.startsWith('127.')) return address.host
  const { rows } = await sql<{ address: string }>`
    select address from unnest(${facts.addresses}::inet[]) address, cluster join pod on pod.id = cluster.pod
    where cluster.id = ${host.cluster} and (address & pod.netmask) = (pod.gateway & pod.netmask)`.execute(world.db)
  return rows[0]?.address ?? null
}

const recordFacts = async (world: World, host: Host, facts: HostFacts): Promise<void> => {
  await world.db
    .updateTable('host')
    .set({
      state: 'Up',
      facts: JSON.stringify(facts),
      cpus: facts.cpus,
      memory_mib: facts.memoryMiB,
      underlay: await underlayOf(world, host, facts),
    })
    .where('id', '=', host.id)
    .where('state', '<>', 'Removed')
    .execute()
  await noteSeen(world.db, host.id)
}

const greet = async (world: World, host: Host): Promise<Outcome> => {
  await pin(world, host)
  const driver = world.hosts.open(await hostAccess(world, host.id))
  // What a host has changes rarely; that it answers is learnt from the list of its machines.
  if (host.state !== 'Up') {
    const facts = await driver.inventory()
    // While nothing can be placed here.
    await awaitFormerHost(world, host)
    await removeLeftBehind(world, driver, host.id)
    await recordFacts(world, host, facts)
  }
  const missing = await reviveMissing(world, host.id, await driver.listMachines())
  if (missing > 0) world.log.warn({ host: host.id, missing }, 'machines were not running')
  if (host.state === 'Up') await noteSeen(world.db, host.id)
  else await hostReturned(world, host.id)
  return 'converged'
}

/** One host: it answers, has what a hypervisor needs, and runs the machines it should. */
export const createHostReconciler =
  (world: World): Reconcile =>
  async (id) => {
    const host = await world.db.selectFrom('host').selectAll().where('id', '=', id).executeTakeFirst()
    if (host === undefined) return clearFormerHost(world, id)
    if (host.state === 'Removed') return removeHost(world, host)
    try {
      await greet(world, host)
    } catch (error) {
      await world.hosts.forget(id)
      const seen = await lastSeen(world.db, id)
      const silent = seen === undefined ? 0 : Date.now() - seen.getTime()
      const down = silent > DOWN_AFTER_MS && !isSysvmError(error, 'SYSVM_HOST_REQUIREMENTS')
      const state = down ? 'Down' : 'Alert'
      await world.db.updateTable('host').set({ state }).where('id', '=', id).where('state', '<>', 'Removed').execute()
      throw error
    }
    return evacuate(world, host)
  }
