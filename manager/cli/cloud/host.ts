import { SysvmError } from '@sysvm/errors'
import type { Answer, Client } from '../client.ts'
import { until } from '../demo/until.ts'
import { type Driver, hypervisorOf } from '../driver.ts'
import type { Tell } from '../progress.ts'
import { ensure, find, idOf } from './ensure.ts'
import type { ZoneIds } from './zone.ts'

const NAME = 'demo'

/** Cluster and host of the demo; resolves when the manager says the host is Up. */
export const ensureHostUp = async (
  client: Client,
  ids: ZoneIds,
  driver: Driver,
  url: string,
  tell: Tell,
): Promise<Answer> => {
  const hypervisor = hypervisorOf(driver)
  const place = { zoneid: ids.zone, podid: ids.pod }
  const cluster = await ensure(client, {
    list: 'listClusters',
    listParameters: { zoneid: ids.zone },
    object: 'cluster',
    matches: (item) => item.name === NAME,
    create: 'addCluster',
    parameters: { ...place, clustername: NAME, clustertype: 'CloudManaged', hypervisor },
  })
  const clusterid = idOf(cluster)
  const list = { list: 'listHosts', listParameters: { zoneid: ids.zone }, object: 'host' }
  const host = await ensure(client, {
    ...list,
    matches: (item) => item.clusterid === clusterid,
    create: 'addHost',
    parameters: { ...place, clusterid, hypervisor, url, username: 'root' },
  })
  let last = ''
  return until('the host is Up', 120_000, async () => {
    const now = await find(client, { ...list, matches: (item) => item.id === host.id })
    last = `${now?.state ?? 'gone'}${now?.reason === undefined ? '' : `: ${now.reason}`}`
    tell(last)
    return now?.state === 'Up' ? now : undefined
  }).catch((cause: unknown) => {
    throw new SysvmError('SYSVM_TIMEOUT', `the host does not come up; it is ${last}`, { cause })
  })
}
