import { movingGuest } from '../../model/move.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { moveMachine } from '../host/move.ts'
import * as p from '../parameter.ts'
import { changeGuest, guestResult } from './job.ts'
import { guestResponse } from './response.ts'

export const migrateVirtualMachine = defineCommand({
  name: 'migrateVirtualMachine',
  authorized: admins,
  description: 'Has a guest stop where it is and start on another host, with its disk.',
  params: {
    virtualmachineid: p.required(p.uuid('The guest; it runs.')),
    hostid: p.uuid('The host it goes to; default: the one with most room.'),
    autoselect: p.boolean('Accepted for clients that send it; without a host one is chosen in any case.'),
  },
  unsupported: ['storageid'],
  answer: 'job',
  response: guestResponse,
  result: guestResult,
  run: async (context, { virtualmachineid: id, hostid }) => {
    found(await movingGuest(context.db, id), 'virtualmachineid', 'guest', id)
    return changeGuest(context, id, {
      cmd: 'migrateVirtualMachine',
      values: (_guest, trx) => moveMachine(trx, 'guest', id, hostid),
    })
  },
})
