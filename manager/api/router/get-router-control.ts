import { CONTROL_PORT } from '@sysvm/agent/api'
import { SysvmError } from '@sysvm/errors'
import { findRouter } from '../../model/router.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'

export const getRouterControl = defineCommand({
  name: 'getRouterControl',
  authorized: admins,
  description:
    "Shows how an operator reaches a router's SSH server: by which host, address and pinned key. Of sysvm alone.",
  params: { id: p.required(p.uuid('The router.')) },
  answer: 'object',
  response: defineResponse('routercontrol', {
    id: ['string', 'The router.'],
    name: ['string', 'Its instance name.'],
    host: ['string', 'URL of the host that runs it.'],
    linklocal: ['string', 'Its control address on that host.'],
    port: ['integer', 'Port of its SSH server.'],
    hostkey: ['string', 'OpenSSH public key it is pinned to.'],
  }),
  run: async ({ db }, { id }) => {
    const router = found(await findRouter(db, id), 'id', 'router', id)
    if (router.hosturl === null)
      throw new SysvmError('SYSVM_RESOURCE_STATE', `Router r-${router.number}-VM is on no host: start it first.`)
    return {
      id,
      name: `r-${router.number}-VM`,
      host: router.hosturl,
      linklocal: router.linklocal,
      port: CONTROL_PORT,
      hostkey: router.host_key_public,
    }
  },
})
