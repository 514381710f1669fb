import { SysvmError } from '@sysvm/errors'
import { lockGuestNic } from '../../model/nic.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { changeGuest, guestResult } from '../guest/job.ts'
import { guestResponse } from '../guest/response.ts'
import { requireDesired } from '../guest/state.ts'
import * as p from '../parameter.ts'
import { nicOfGuest } from './of-guest.ts'

export const updateDefaultNicForVirtualMachine = defineCommand({
  name: 'updateDefaultNicForVirtualMachine',
  authorized: everyone,
  description: 'Has a guest leave its networks by another nic, from its next lease on.',
  params: {
    virtualmachineid: p.required(p.uuid('The guest.')),
    nicid: p.required(p.uuid('The nic that becomes the default one.')),
  },
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { virtualmachineid, nicid }) =>
    changeGuest(context, virtualmachineid, {
      cmd: 'updateDefaultNicForVirtualMachine',
      parameter: 'virtualmachineid',
      values: async (guest, trx) => {
        requireDesired(guest, ['Running', 'Stopped'])
        const { device } = nicOfGuest(await lockGuestNic(trx, nicid), guest, nicid)
        if (device === guest.default_device)
          throw new SysvmError(
            'SYSVM_API_PARAMETER',
            `Parameter nicid: ${nicid} is the default nic of guest ${guest.name} already.`,
          )
        return { default_device: device }
      },
      networks: true,
    }),
})
