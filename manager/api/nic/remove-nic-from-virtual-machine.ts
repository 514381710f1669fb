import { SysvmError } from '@sysvm/errors'
import { leadingTo, lockGuestNic, markLeaving } from '../../model/nic.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { changeGuest, guestResult } from '../guest/job.ts'
import { guestResponse } from '../guest/response.ts'
import { requireDesired } from '../guest/state.ts'
import * as p from '../parameter.ts'
import { nicOfGuest } from './of-guest.ts'

export const removeNicFromVirtualMachine = defineCommand({
  name: 'removeNicFromVirtualMachine',
  authorized: everyone,
  description: 'Takes a guest off a network, while it runs or not; its address there is free afterwards.',
  params: {
    virtualmachineid: p.required(p.uuid('The guest.')),
    nicid: p.required(p.uuid('Its nic, which is not the default one.')),
  },
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { virtualmachineid, nicid }) =>
    changeGuest(context, virtualmachineid, {
      cmd: 'removeNicFromVirtualMachine',
      parameter: 'virtualmachineid',
      values: async (guest, trx) => {
        requireDesired(guest, ['Running', 'Stopped'])
        const nic = nicOfGuest(await lockGuestNic(trx, nicid), guest, nicid)
        if (nic.device === guest.default_device)
          throw new SysvmError(
            'SYSVM_RESOURCE_STATE',
            `The nic ${nicid} is the default one of guest ${guest.name}: updateDefaultNicForVirtualMachine first.`,
          )
        const leading = await leadingTo(trx, nicid)
        if (leading !== undefined)
          throw new SysvmError('SYSVM_IN_USE', `To the nic ${nicid} leads ${leading}: undo that first.`)
        await markLeaving(trx, nicid)
        return {}
      },
      networks: true,
    }),
})
