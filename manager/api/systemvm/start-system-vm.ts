import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeRouter } from '../router/job.ts'
import { systemVmResponse, systemVmResult } from './response.ts'

export const startSystemVm = defineCommand({
  name: 'startSystemVm',
  authorized: admins,
  description: 'Starts a system VM; the only ones so far are routers.',
  subject: 'router',
  params: {
    id: p.required(p.uuid('The system VM.')),
  },
  answer: 'job',
  response: systemVmResponse,
  result: systemVmResult,
  run: (context, { id }) => changeRouter(context, 'startSystemVm', id, { desired: 'Running' }),
})
