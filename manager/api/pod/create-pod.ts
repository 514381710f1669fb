import { SysvmError } from '@sysvm/errors'
import { findPod, insertPod } from '../../model/pod.ts'
import { findZone } from '../../model/zone.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { checkRange } from '../range.ts'
import { write } from '../write.ts'
import { podResponse, presentPod } from './response.ts'

export const createPod = defineCommand({
  name: 'createPod',
  authorized: admins,
  description: 'Creates a pod: hosts that share a management network.',
  params: {
    zoneid: p.required(p.uuid('The zone.')),
    name: p.required(p.name('Name, unique in the zone.')),
    gateway: p.ipv4('Gateway of the management network.'),
    netmask: p.netmask('Netmask of the management network.'),
    startip: p.ipv4('First management address for system VMs.'),
    endip: p.ipv4('Last one; default: startip.'),
    allocationstate: p.choice('Disabled: nothing is placed here yet.', ['Enabled', 'Disabled']),
  },
  unsupported: ['storageaccessgroups'],
  answer: 'object',
  response: podResponse,
  run: (context, params) => {
    const { gateway, netmask, startip, endip = startip } = params
    if (gateway === undefined || netmask === undefined || startip === undefined || endip === undefined)
      throw new SysvmError('SYSVM_API_PARAMETER', 'createPod needs gateway, netmask and startip: give all three.')
    checkRange({ gateway, netmask, startip, endip })
    return write(context, async (trx) => {
      found(await findZone(trx, params.zoneid), 'zoneid', 'zone', params.zoneid)
      const id = await insertPod(trx, {
        zone: params.zoneid,
        name: params.name,
        gateway,
        netmask,
        startip,
        endip,
        allocationstate: params.allocationstate ?? 'Enabled',
      })
      return presentPod(found(await findPod(trx, id), 'id', 'pod', id))
    })
  },
})
