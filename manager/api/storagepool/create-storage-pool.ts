import { SysvmError } from '@sysvm/errors'
import { type Cluster, findCluster } from '../../model/cluster.ts'
import { findStoragePool, insertStoragePool } from '../../model/storage.ts'
import { findZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { HYPERVISORS } from '../cluster/hypervisors.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentStoragePool, storagePoolResponse } from './response.ts'
import { poolTags } from './tags.ts'
import { storageAddress } from './url.ts'

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface Given {
  readonly zoneid: string
  readonly podid?: string | undefined
  readonly scope: 'ZONE' | 'CLUSTER'
}

/** The cluster that the pool is for, when it is not the whole zone's. */
const checkPlace = ({ zoneid, podid, scope }: Given, cluster: Cluster | undefined): void => {
  if (scope === 'ZONE' && (cluster !== undefined || podid !== undefined))
    throw bad('Parameters podid and clusterid: a pool of scope ZONE is in none; leave them out.')
  if (scope === 'CLUSTER' && cluster === undefined)
    throw bad('Parameter clusterid: a pool of scope CLUSTER needs the cluster that has it.')
  if (cluster !== undefined && (cluster.zone !== zoneid || (podid !== undefined && cluster.pod !== podid)))
    throw bad(`Parameter clusterid: cluster ${cluster.name} is not in that zone and pod.`)
}

export const createStoragePool = defineCommand({
  name: 'createStoragePool',
  authorized: admins,
  description:
    'Records where disks of guests may be kept. Disks are on the hosts so far; the pools of hosts are there by themselves.',
  params: {
    name: p.required(p.name('Name, unique in the zone.')),
    url: p.required(p.text('nfs://server/path, or file:///path for a file system that the hosts have mounted.')),
    zoneid: p.required(p.uuid('The zone.')),
    podid: p.uuid('The pod, of a pool for one cluster.'),
    clusterid: p.uuid('The cluster, of a pool for one cluster.'),
    scope: p.choice('ZONE or CLUSTER; default: CLUSTER with a cluster, else ZONE.', ['ZONE', 'CLUSTER']),
    hypervisor: p.choice('The hypervisor it is for; default: that of its cluster.', HYPERVISORS),
    provider: p.choice('Who gives it.', ['DefaultPrimary']),
    tags: poolTags('Tags, with commas between them.'),
    managed: p.only('Whether each disk is a volume of its own at the server.', false),
    capacitybytes: p.integer('What it holds, in bytes.', 1, Number.MAX_SAFE_INTEGER),
  },
  unsupported: ['capacityiops', 'details', 'istagarule', 'storageaccessgroups'],
  answer: 'object',
  response: storagePoolResponse,
  run: async (context, params) => {
    const { protocol, server, path } = storageAddress(params.url)
    const scope = params.scope ?? (params.clusterid === undefined ? 'ZONE' : 'CLUSTER')
    return write(context, async (trx) => {
      found(await findZone(trx, params.zoneid), 'zoneid', 'zone', params.zoneid)
      const { clusterid } = params
      const cluster =
        clusterid === undefined
          ? undefined
          : found(await findCluster(trx, clusterid), 'clusterid', 'cluster', clusterid)
      checkPlace({ zoneid: params.zoneid, podid: params.podid, scope }, cluster)
      const id = await insertStoragePool(trx, {
        zone: params.zoneid,
        pod: cluster?.pod ?? null,
        cluster: cluster?.id ?? null,
        name: params.name,
        type: protocol === 'nfs' ? 'NetworkFilesystem' : 'Filesystem',
        server,
        path,
        scope,
        hypervisor: params.hypervisor ?? cluster?.hypervisor ?? null,
        tags: params.tags ?? [],
        capacitybytes: params.capacitybytes ?? null,
      })
      return presentStoragePool(found(await findStoragePool(trx, id), 'id', 'storage pool', id))
    })
  },
})
