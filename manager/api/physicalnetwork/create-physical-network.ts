import { findPhysicalNetwork, insertPhysicalNetwork } from '../../model/physicalnetwork.ts'
import { findZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { physicalNetworkResponse, presentPhysicalNetwork } from './response.ts'
import { parseVniRange } from './vni-range.ts'

const present = async (...query: Parameters<typeof findPhysicalNetwork>) => {
  const row = await findPhysicalNetwork(...query)
  return row && presentPhysicalNetwork(row)
}

export const createPhysicalNetwork = defineCommand({
  name: 'createPhysicalNetwork',
  authorized: admins,
  description: 'Creates a physical network, the underlay of guest networks, with its provider VirtualRouter.',
  since: '3.0.0',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    name: p.required(p.name('Name, unique in the zone.')),
    vlan: p.text('Range of VXLAN identifiers for guest networks; default 5001-9999.'),
    isolationmethods: p.allOf('VXLAN. Clients that ask for VLAN are given it too, its identifiers of the same range.', [
      'VXLAN',
      'VLAN',
    ]),
    broadcastdomainrange: p.choice('How far its broadcasts reach: the zone, whatever is asked for.', ['ZONE', 'POD']),
  },
  unsupported: ['domainid', 'networkspeed', 'tags'],
  answer: 'job',
  response: physicalNetworkResponse,
  result: ({ db }, id) => present(db, id),
  run: async (context, params) => {
    const range = parseVniRange(params.vlan ?? '5001-9999')
    return write(context, async (trx) => {
      found(await findZone(trx, params.zoneid), 'zoneid', 'zone', params.zoneid)
      const id = await insertPhysicalNetwork(trx, {
        zone: params.zoneid,
        name: params.name,
        isolationmethods: 'VXLAN',
        state: 'Disabled',
        ...range,
      })
      return { jobid: await doneJob(trx, 'createPhysicalNetwork', 'PhysicalNetwork', id), id }
    })
  },
})
