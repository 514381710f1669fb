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
import { refuseTwo } from './two.ts'

export const restartVPC = defineCommand({
  name: 'restartVPC',
  authorized: everyone,
  subject: 'vpc',
  description:
    "Applies a VPC's state to its routers again; with cleanup they are made anew, of two one after the other.",
  params: {
    id: p.required(p.uuid('The VPC.')),
    cleanup: p.boolean('True: make its routers anew, of two each while the other one serves. Default false.'),
    makeredundant: p.boolean('True: it gets two routers, and has them from then on. Default false.'),
    livepatch: p.boolean('Accepted for clients that send it; without cleanup the router keeps running in any case.'),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, cleanup, makeredundant }) =>
    write(context, async (trx) => {
      const vpc = found(await lockVpc(trx, id), 'id', 'VPC', id)
      refuseInactive(vpc)
      if (makeredundant && !vpc.redundant) await refuseTwo(trx, vpc)
      const revision = await reviseVpc(trx, id, {
        ...(cleanup ? { restarts_wanted: sql`restarts_wanted + 1` as never } : {}),
        ...(makeredundant ? { redundant: true } : {}),
      })
      return startVpcJob(context, trx, 'restartVPC', id, revision ?? 0)
    }),
})
