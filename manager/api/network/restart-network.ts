import { sql } from 'kysely'
import { lockNetwork, reviseNetwork } from '../../model/network.ts'
import { findNetworkOffering } from '../../model/offering.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { startJobOf } from '../instance.ts'
import { refuseAlone } from '../networkoffering/redundant.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { wantFirmware } from '../router/livepatch.ts'
import { write } from '../write.ts'
import { refuseFull } from './room.ts'
import { refuseDestroyed } from './state.ts'

export const restartNetwork = defineCommand({
  name: 'restartNetwork',
  authorized: everyone,
  subject: 'network',
  description:
    "Applies a network's state to its routers again; with cleanup they are made anew, of two one after the other, and one by way of a second one that takes over.",
  params: {
    id: p.required(p.uuid('The network.')),
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
      const firmware = await wantFirmware(trx, { kind: 'network', id }, { cleanup, livepatch })
      const network = found(await lockNetwork(trx, id), 'id', 'network', id)
      refuseDestroyed(network)
      const offering = await findNetworkOffering(trx, network.offering)
      if (makeredundant) refuseAlone('makeredundant', found(offering, 'id', 'network offering', network.offering))
      if (makeredundant && !network.redundant) await refuseFull(trx, 'makeredundant', network)
      const revision = await reviseNetwork(trx, id, {
        ...(cleanup ? { restarts_wanted: sql`restarts_wanted + 1` as never } : {}),
        ...(makeredundant ? { redundant: true } : {}),
      })
      const target = { kind: 'network', id } as const
      const job = { cmd: 'restartNetwork', target, revision: revision ?? 0, instancetype: 'Network', firmware }
      return startJobOf(context, trx, job)
    }),
})
