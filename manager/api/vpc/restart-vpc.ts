import { sql } from 'kysely'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { startVpcJob } from './job.ts'
import { refuseInactive } from './state.ts'

export const restartVPC = defineCommand({
  name: 'restartVPC',
  authorized: everyone,
  subject: 'vpc',
  description: "Applies a VPC's state to its router again; with cleanup its router is made anew.",
  params: {
    id: p.required(p.uuid('The VPC.')),
    cleanup: p.boolean('True: destroy the router and make a new one. Default false.'),
    makeredundant: p.only('Whether it gets two routers.', false),
    livepatch: p.boolean('Accepted for clients that send it; without cleanup the router keeps running in any case.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, cleanup }) =>
    write(context, async (trx) => {
      refuseInactive(found(await lockVpc(trx, id), 'id', 'VPC', id))
      const restart = { restarts_wanted: sql`restarts_wanted + 1` as never }
      const revision = await reviseVpc(trx, id, cleanup ? restart : {})
      return startVpcJob(context, trx, 'restartVPC', id, revision ?? 0)
    }),
})
