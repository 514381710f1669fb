import { findPhysicalNetwork, findTrafficType, insertTrafficType } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { presentTrafficType, trafficTypeResponse } from './response.ts'

export const addTrafficType = defineCommand({
  name: 'addTrafficType',
  authorized: admins,
  description: 'Lets a physical network carry one more type of traffic.',
  since: '3.0.0',
  params: {
    physicalnetworkid: p.required(p.uuid('The physical network.')),
    traffictype: p.required(p.choice('The type of traffic.', ['Management', 'Guest', 'Public', 'Storage'])),
    kvmnetworklabel: p.bridge('Bridge on the hosts that carries it; default: the one sysvm makes.'),
    xennetworklabel: p.text('Accepted for scripts that send the labels of all hypervisors.'),
    vmwarenetworklabel: p.text('Accepted for scripts that send the labels of all hypervisors.'),
    isolationmethod: p.choice('VXLAN. Clients that ask for VLAN are given it too.', ['VXLAN', 'VLAN']),
  },
  unsupported: ['hypervnetworklabel', 'ovm3networklabel', 'vlan'],
  answer: 'job',
  response: trafficTypeResponse,
  result: async ({ db }, id) => {
    const row = await findTrafficType(db, id)
    return row && presentTrafficType(row)
  },
  run: (context, params) =>
    write(context, async (trx) => {
      const { physicalnetworkid } = params
      found(
        await findPhysicalNetwork(trx, physicalnetworkid),
        'physicalnetworkid',
        'physical network',
        physicalnetworkid,
      )
      const { id } = await insertTrafficType(trx, {
        physical_network: physicalnetworkid,
        traffictype: params.traffictype,
        kvmnetworklabel: params.kvmnetworklabel ?? null,
      })
      return { jobid: await doneJob(trx, 'addTrafficType', 'TrafficType', id), id }
    }),
})
