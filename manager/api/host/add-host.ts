import { SysvmError } from '@sysvm/errors'
import { findCluster } from '../../model/cluster.ts'
import { findHost, insertHost } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { hostResponse, presentHost } from './response.ts'
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

export const addHost = defineCommand({
  name: 'addHost',
  authorized: admins,
  description:
    "Adds a host; the manager logs in by its own SSH key, checks the host's needs and names all that is missing.",
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    podid: p.required(p.uuid('The pod; it is in that zone.')),
    clusterid: p.uuid('The cluster; it is in that pod.'),
    hypervisor: p.required(p.choice("The cluster's hypervisor.", ['KVM', 'Container'])),
    url: p.required(p.text('ssh://user@address:port, local: for this machine, or http://address with username.')),
    username: user('User to log in as, when the URL names none; default root.'),
    allocationstate: p.choice('Disabled: nothing is placed here yet.', ['Enabled', 'Disabled']),
  },
  // CloudStack answers with a list of one.
  unsupported: ['clustername', 'externaldetails', 'hosttags', 'password', 'storageaccessgroups'],
  answer: 'list',
  response: hostResponse,
  run: async (context, params) => {
    const { clusterid, hypervisor } = params
    if (clusterid === undefined)
      throw bad('Parameter clusterid is required by addHost: the cluster that takes the host.')
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
