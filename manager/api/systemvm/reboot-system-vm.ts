import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { rebootOnce } from '../router/job.ts'
import { systemVmResponse, systemVmResult } from './response.ts'

export const rebootSystemVm = defineCommand({
  name: 'rebootSystemVm',
  authorized: admins,
  description: 'Restarts a system VM; the only ones so far are routers.',
  subject: 'router',
  params: {
    id: p.required(p.uuid('The system VM.')),
    forced: p.boolean('Accepted for clients that send it; one that does not stop is powered off in any case.'),
  },
  answer: 'job',
  response: systemVmResponse,
  result: systemVmResult,
  run: (context, { id }) => rebootOnce(context, 'rebootSystemVm', id),
})
