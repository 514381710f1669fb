import { hostOpened, updateHostRow } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeHost, hostResult } from './job.ts'
import { hostResponse } from './response.ts'
import { requireState } from './state.ts'

export const cancelHostMaintenance = defineCommand({
  name: 'cancelHostMaintenance',
  authorized: admins,
  description: 'Opens a host again after its maintenance, or instead of it. What went elsewhere stays there.',
  params: { id: p.required(p.uuid('The host.')) },
  answer: 'job',
  response: hostResponse,
  result: hostResult,
  run: (context, { id }) =>
    changeHost(context, 'cancelHostMaintenance', id, async (trx, host) => {
      requireState(host, ['PrepareForMaintenance', 'Maintenance', 'ErrorInMaintenance'])
      await updateHostRow(trx, id, { resourcestate: 'Enabled' })
      await hostOpened(trx)
    }),
})
