import { SysvmError } from '@sysvm/errors'
import type { HostDriver } from '../hosts/driver.ts'
import { driverOfHypervisor } from '../hosts/index.ts'
import type { HostAccess, World } from './world.ts'

export const hostAccess = async (
  world: World,
  id: string,
): Promise<HostAccess & { readonly state: string; readonly name: string }> => {
  const host = await world.db
    .selectFrom('host')
    .innerJoin('cluster', 'cluster.id', 'host.cluster')
    .select(['host.id', 'host.url', 'host.hostkey', 'host.state', 'host.name', 'cluster.hypervisor'])
    .where('host.id', '=', id)
    .executeTakeFirst()
  if (host === undefined) throw new SysvmError('SYSVM_NOT_FOUND', `There is no host ${id}.`, { details: { host: id } })
  const driver = driverOfHypervisor(host.hypervisor)
  return {
    id,
    url: host.url,
    driver,
    hostKey: host.hostkey,
    fence: world.fence?.(id),
    state: host.state,
    name: host.name,
  }
}

/** The driver of a host that is up. Rejects with SYSVM_HOST_UNREACHABLE otherwise, without trying. */
export const driverOf = async (world: World, id: string): Promise<HostDriver> => {
  const host = await hostAccess(world, id)
  if (host.state !== 'Up')
    throw new SysvmError('SYSVM_HOST_UNREACHABLE', `The host ${host.name} is ${host.state}; waiting for it to be Up.`, {
      details: { host: id },
    })
  return world.hosts.open(host)
}
