import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { noSystemVm } from './none.ts'
import { systemVmResponse } from './response.ts'

export const destroySystemVm = defineCommand({
  name: 'destroySystemVm',
  authorized: admins,
  description: 'Destroys a console proxy or secondary storage VM; routers have commands of their own.',
  params: {
    id: p.required(p.plainUuid('The system VM.')),
  },
  answer: 'job',
  response: systemVmResponse,
  run: async (_context, { id }) => {
    throw noSystemVm(id)
  },
})
