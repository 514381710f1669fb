import { SysvmError } from '@sysvm/errors'
import { findCluster, findClusters, insertCluster } from '../../model/cluster.ts'
import { findHost, insertHost } from '../../model/host.ts'
import { findPod } from '../../model/pod.ts'
import type { Hypervisor } from '../../model/schema.ts'
import { admins } from '../authorized.ts'
import { HYPERVISORS } from '../cluster/hypervisors.ts'
import { type Context, defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { hostResponse, presentHost } from './response.ts'
import { hostTags } from './tags.ts'
import { hostAddress, hostUrl, USER } from './url.ts'

/** Empty, as some clients send it: none is named. */
const user = (description: string): p.Parameter<string, false> => {
  const text = p.text(description, 32)
  return {
    ...text,
    schema: text.schema.refine((name) => name === '' || USER.test(name), 'is not a user name of Linux'),
  }
}

const bad = (sentence: string) => new SysvmError('SYSVM_API_PARAMETER', sentence)

interface InPod {
  readonly zoneid: string
  readonly podid: string
  readonly hypervisor: Hypervisor
  readonly clustername?: string | undefined
}

/** The pod's cluster of that name, which is made when there is none: by a host that cannot serve, in vain. */
const namedCluster = async (context: Context, { zoneid, podid, hypervisor, clustername }: InPod): Promise<string> => {
  if (clustername === undefined)
    throw bad('Parameter clusterid is required by addHost, or clustername: the cluster that takes the host.')
  const { rows } = await findClusters(context.db, { pod: podid, name: clustername }, { limit: 1, offset: 0 })
  if (rows[0]) return rows[0].id
  const pod = found(await findPod(context.db, podid), 'podid', 'pod', podid)
  if (pod.zone !== zoneid) throw bad(`Parameter podid: pod ${pod.name} is not in the zone ${zoneid}.`)
  return write(context, (trx) => insertCluster(trx, { pod: podid, name: clustername, hypervisor }))
}

export const addHost = defineCommand({
  name: 'addHost',
  authorized: admins,
  description:
    "Adds a host; the manager logs in by its own SSH key, checks the host's needs and names all that is missing.",
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    podid: p.required(p.uuid('The pod; it is in that zone.')),
    clusterid: p.uuid('The cluster; it is in that pod.'),
    hypervisor: p.required(p.choice("The cluster's hypervisor.", HYPERVISORS)),
    url: p.required(p.text('ssh://user@address:port, local: for this machine, or http://address with username.')),
    username: user('User to log in as, when the URL names none; default root.'),
    password: p.secret('Accepted for clients that send it and not kept: the manager logs in by its own key.'),
    clustername: p.name('Instead of clusterid: the cluster of this name in the pod, made when there is none.'),
    hosttags: hostTags('Tags, with commas between them; offerings with tags are placed where all of theirs are.'),
    allocationstate: p.choice('Disabled: nothing is placed here yet.', ['Enabled', 'Disabled']),
  },
  // CloudStack answers with a list of one.
  unsupported: ['externaldetails', 'storageaccessgroups'],
  answer: 'list',
  response: hostResponse,
  run: async (context, params) => {
    const { hypervisor } = params
    const clusterid = params.clusterid ?? (await namedCluster(context, params))
    const cluster = found(await findCluster(context.db, clusterid), 'clusterid', 'cluster', clusterid)
    if (cluster.pod !== params.podid)
      throw bad(`Parameter podid: cluster ${cluster.name} is not in the pod ${params.podid}.`)
    if (cluster.zone !== params.zoneid)
      throw bad(`Parameter zoneid: cluster ${cluster.name} is not in the zone ${params.zoneid}.`)
    if (cluster.hypervisor !== hypervisor)
      throw bad(`Parameter hypervisor: cluster ${cluster.name} has ${cluster.hypervisor} hosts, not ${hypervisor}.`)
    const url = hostUrl(params.url, params.username || undefined)
    // Before anything is written: a host that cannot serve is not added.
    const inspected = await context.dependencies.inspectHost?.({ url, hypervisor })
    return write(context, async (trx) => {
      const id = await insertHost(trx, {
        cluster: clusterid,
        name: inspected?.facts.name ?? hostAddress(url).address,
        url,
        hostkey: inspected?.hostKey ?? null,
        hosttags: params.hosttags ?? [],
        resourcestate: params.allocationstate === 'Disabled' ? 'Disabled' : 'Enabled',
        facts: inspected ? JSON.stringify(inspected.facts) : null,
        cpus: inspected?.facts.cpus ?? 0,
        memory_mib: inspected?.facts.memoryMiB ?? 0,
      })
      await context.jobs.wake(trx, 'host', id)
      return { count: 1, items: [presentHost(found(await findHost(trx, id), 'id', 'host', id))] }
    })
  },
})
