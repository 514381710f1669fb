import { sql } from 'kysely'
import { lockNetwork, reviseNetwork } from '../../model/network.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { startNetworkJob } from './job.ts'
import { refuseDestroyed } from './state.ts'

export const restartNetwork = defineCommand({
  name: 'restartNetwork',
  authorized: everyone,
  subject: 'network',
  description: "Applies a network's state to its router again; with cleanup its router is made anew.",
  params: {
    id: p.required(p.uuid('The network.')),
    cleanup: p.boolean('True: destroy the router and make a new one. Default false.'),
    makeredundant: p.only('Whether it gets two routers.', false),
    livepatch: p.boolean('Accepted for clients that send it; without cleanup the router keeps running in any case.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, cleanup }) =>
    write(context, async (trx) => {
      refuseDestroyed(found(await lockNetwork(trx, id), 'id', 'network', id))
      const revision = await reviseNetwork(
        trx,
        id,
        cleanup ? { restarts_wanted: sql`restarts_wanted + 1` as never } : {},
      )
      return startNetworkJob(context, trx, 'restartNetwork', id, revision ?? 0)
    }),
})
