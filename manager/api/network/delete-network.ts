import { SysvmError } from '@sysvm/errors'
import { guestsOfNetwork, lockNetwork, reviseNetwork } from '../../model/network.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { startNetworkJob } from './job.ts'

export const deleteNetwork = defineCommand({
  name: 'deleteNetwork',
  authorized: everyone,
  subject: 'network',
  description: 'Deletes a guest network without guests, its router and what it took.',
  params: {
    id: p.required(p.uuid('The network.')),
    forced: p.only('Whether guests on it are given up.', false),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const network = found(await lockNetwork(trx, id), 'id', 'network', id)
      const guests = await guestsOfNetwork(trx, id)
      if (guests > 0)
        throw new SysvmError('SYSVM_IN_USE', `Network ${network.name} still has ${guests} guests: expunge them first.`)
      const revision = await reviseNetwork(trx, id, { state: 'Destroy' })
      return startNetworkJob(context, trx, 'deleteNetwork', id, revision ?? 0)
    }),
})
