import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeGuest, guestResult } from './job.ts'
import { checkTemplate } from './parts.ts'
import { guestResponse } from './response.ts'
import { requireDesired } from './state.ts'

export const restoreVirtualMachine = defineCommand({
  name: 'restoreVirtualMachine',
  authorized: everyone,
  since: '3.0.0',
  description: "Makes a guest's disk anew from its template; all that was on it is lost. A running guest restarts.",
  params: {
    virtualmachineid: p.required(p.uuid('The guest.')),
    templateid: p.uuid('The template it is made of from now on; default: the one it was made of.'),
    expunge: p.boolean('Accepted for clients that send it; the old disk is gone in any case.'),
  },
  unsupported: ['details', 'diskofferingid', 'rootdisksize'],
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: (context, { virtualmachineid, templateid }) =>
    changeGuest(context, virtualmachineid, {
      cmd: 'restoreVirtualMachine',
      parameter: 'virtualmachineid',
      values: async (guest, trx) => {
        requireDesired(guest, ['Running', 'Stopped'])
        if (templateid !== undefined) await checkTemplate(trx, templateid)
        return {
          reinstalls_wanted: guest.reinstalls_wanted + 1,
          ...(templateid === undefined ? {} : { template: templateid }),
        }
      },
    }),
})
