import { sql } from 'kysely'
import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { startJobOf } from '../instance.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { wantFirmware } from '../router/livepatch.ts'
import { write } from '../write.ts'
import { refuseInactive } from './state.ts'
import { refuseTwo } from './two.ts'

export const restartVPC = defineCommand({
  name: 'restartVPC',
  authorized: everyone,
  subject: 'vpc',
  description:
    "Applies a VPC's state to its routers again; with cleanup they are made anew, of two one after the other, and one by way of a second one that takes over.",
  params: {
    id: p.required(p.uuid('The VPC.')),
    cleanup: p.boolean('True: make its routers anew, each while another one serves. Default false.'),
    makeredundant: p.boolean('True: it gets two routers, and has them from then on. Default false.'),
    livepatch: p.boolean(
      'True: put the firmware of the newest image into its routers, which go on running, of two into the backup first, and apply the whole state anew; see patchSystemVm. With cleanup, which makes them of the newest image, it does nothing. Default false.',
    ),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id, cleanup, makeredundant, livepatch }) =>
    write(context, async (trx) => {
      const firmware = await wantFirmware(trx, { kind: 'vpc', id }, { cleanup, livepatch })
      const vpc = found(await lockVpc(trx, id), 'id', 'VPC', id)
      refuseInactive(vpc)
      if (makeredundant && !vpc.redundant) await refuseTwo(trx, vpc)
      const revision = await reviseVpc(trx, id, {
        ...(cleanup ? { restarts_wanted: sql`restarts_wanted + 1` as never } : {}),
        ...(makeredundant ? { redundant: true } : {}),
      })
      const target = { kind: 'vpc', id } as const
      const job = { cmd: 'restartVPC', target, revision: revision ?? 0, instancetype: 'Vpc', firmware }
      return startJobOf(context, trx, job)
    }),
})
