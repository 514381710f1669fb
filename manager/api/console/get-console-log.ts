import { SysvmError } from '@sysvm/errors'
import { findGuest } from '../../model/guest.ts'
import { findRouter } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const getConsoleLog = defineCommand({
  name: 'getConsoleLog',
  authorized: admins,
  subject: ['guest', 'router'],
  description: 'Shows what a guest or a router wrote on its serial console. Of sysvm alone.',
  params: {
    id: p.required(p.uuid('The guest or router.')),
    lastbytes: p.integer('How much of its end; default 65536.', 1, 1_048_576),
  },
  answer: 'object',
  response: defineResponse('consolelog', {
    id: ['string', 'The guest or router.'],
    name: ['string', 'Its instance name.'],
    log: ['string', 'The text, newest last.'],
  }),
  run: async ({ db, dependencies }, { id, lastbytes }) => {
    const router = await findRouter(db, id)
    const machine = router ?? found(await findGuest(db, id), 'id', 'guest or router', id)
    const name = router ? `r-${machine.number}-VM` : `i-2-${machine.number}-VM`
    if (machine.host === null || dependencies.readConsole === undefined)
      throw new SysvmError('SYSVM_RESOURCE_STATE', `${name} is on no host: it has no console.`)
    return { id, name, log: await dependencies.readConsole({ hostId: machine.host, name }, lastbytes ?? 65_536) }
  },
})
