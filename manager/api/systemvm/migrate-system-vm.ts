import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { moveMachine } from '../host/move.ts'
import * as p from '../parameter.ts'
import { changeRouter } from '../router/job.ts'
import { systemVmResponse, systemVmResult } from './response.ts'

export const migrateSystemVm = defineCommand({
  name: 'migrateSystemVm',
  subject: 'router',
  authorized: admins,
  description: 'Has a router end where it is and start on another host; what it serves is out of service meanwhile.',
  references: { virtualmachineid: 'router' },
  params: {
    virtualmachineid: p.required(p.uuid('The router.')),
    hostid: p.uuid('The host it goes to; default: the one with most room.'),
    autoselect: p.boolean('Accepted for clients that send it; without a host one is chosen in any case.'),
  },
  unsupported: ['storageid'],
  answer: 'job',
  response: systemVmResponse,
  result: systemVmResult,
  run: (context, { virtualmachineid: id, hostid }) =>
    changeRouter(context, 'migrateSystemVm', id, async (trx) => ({
      ...(await moveMachine(trx, 'router', id, hostid)),
      may_pause: true,
    })),
})
