import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeRouter } from '../router/job.ts'
import { systemVmResponse, systemVmResult } from './response.ts'

export const destroySystemVm = defineCommand({
  name: 'destroySystemVm',
  authorized: admins,
  description:
    'Destroys a system VM; the only ones so far are routers, and what it serves makes a new one when it needs one.',
  subject: 'router',
  params: {
    id: p.required(p.uuid('The system VM.')),
  },
  answer: 'job',
  response: systemVmResponse,
  result: systemVmResult,
  run: (context, { id }) => changeRouter(context, 'destroySystemVm', id, { desired: 'Destroyed' }),
})
