import { SysvmError } from '@sysvm/errors'
import { findCluster, insertCluster } from '../../model/cluster.ts'
import { findPod } from '../../model/pod.ts'
import { findZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { HYPERVISORS } from './hypervisors.ts'
import { clusterResponse, presentCluster } from './response.ts'

export const addCluster = defineCommand({
  name: 'addCluster',
  authorized: admins,
  description: 'Adds a cluster: hosts of one kind in a pod.',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    podid: p.required(p.uuid('The pod; it is in that zone.')),
    clustername: p.required(p.name('Name, unique in the pod.')),
    clustertype: p.required(p.choice('Who manages the hosts.', ['CloudManaged'])),
    hypervisor: p.required(p.choice('What runs on its hosts.', HYPERVISORS)),
    allocationstate: p.choice('Disabled: nothing is placed here yet.', ['Enabled', 'Disabled']),
  },
  // CloudStack answers with a list of one.
  unsupported: [
    'arch',
    'extensionid',
    'externaldetails',
    'guestvswitchname',
    'guestvswitchtype',
    'ovm3cluster',
    'ovm3pool',
    'ovm3vip',
    'password',
    'publicvswitchname',
    'publicvswitchtype',
    'storageaccessgroups',
    'url',
    'username',
    'vsmipaddress',
    'vsmpassword',
    'vsmusername',
  ],
  answer: 'list',
  response: clusterResponse,
  run: (context, params) =>
    write(context, async (trx) => {
      found(await findZone(trx, params.zoneid), 'zoneid', 'zone', params.zoneid)
      const pod = found(await findPod(trx, params.podid), 'podid', 'pod', params.podid)
      if (pod.zone !== params.zoneid)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter podid: pod ${pod.name} is not in the zone ${params.zoneid}.`,
        )
      const id = await insertCluster(trx, {
        pod: params.podid,
        name: params.clustername,
        hypervisor: params.hypervisor,
        allocationstate: params.allocationstate ?? 'Enabled',
      })
      return { count: 1, items: [presentCluster(found(await findCluster(trx, id), 'id', 'cluster', id))] }
    }),
})
