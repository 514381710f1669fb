import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { noSystemVm } from './none.ts'
import { systemVmResponse } from './response.ts'

export const rebootSystemVm = defineCommand({
  name: 'rebootSystemVm',
  authorized: admins,
  description: 'Restarts a console proxy or secondary storage VM; routers have commands of their own.',
  params: {
    id: p.required(p.plainUuid('The system VM.')),
    forced: p.boolean('Accepted for clients that send it; one that does not stop is powered off in any case.'),
  },
  answer: 'job',
  response: systemVmResponse,
  run: async (_context, { id }) => {
    throw noSystemVm(id)
  },
})
