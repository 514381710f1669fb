import { SysvmError } from '@sysvm/errors'
import { findPhysicalNetwork, updatePhysicalNetworkRow, usedVnis } from '../../model/physicalnetwork.ts'
import { admins } from '../authorized.ts'
import { changes } from '../changes.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { physicalNetworkResponse, presentPhysicalNetwork } from './response.ts'
import { parseVniRange } from './vni-range.ts'

export const updatePhysicalNetwork = defineCommand({
  name: 'updatePhysicalNetwork',
  authorized: admins,
  description: 'Enables or disables a physical network, or changes its range of network identifiers.',
  since: '3.0.0',
  params: {
    id: p.required(p.uuid('The physical network.')),
    state: p.choice('Enabled: guest networks may be made on it.', ['Enabled', 'Disabled']),
    vlan: p.text('New range of VXLAN identifiers; it must hold those in use.'),
  },
  unsupported: ['networkspeed', 'tags'],
  answer: 'job',
  response: physicalNetworkResponse,
  result: async ({ db }, id) => {
    const row = await findPhysicalNetwork(db, id)
    return row && presentPhysicalNetwork(row)
  },
  run: async (context, { id, state, vlan }) => {
    const range = vlan === undefined ? undefined : parseVniRange(vlan)
    return write(context, async (trx) => {
      found(
        (await updatePhysicalNetworkRow(trx, id, { ...changes({ state }), ...range })) || undefined,
        'id',
        'physical network',
        id,
      )
      const { lowest, highest } = await usedVnis(trx, id)
      if (range && lowest !== null && highest !== null && (lowest < range.vni_from || highest > range.vni_to))
        throw new SysvmError(
          'SYSVM_IN_USE',
          `Networks use identifiers ${lowest} to ${highest}: the new range must hold them.`,
        )
      return { jobid: await doneJob(trx, 'updatePhysicalNetwork', 'PhysicalNetwork', id) }
    })
  },
})
