import { findHost, forgetFailuresOn, updateHostRow } from '../../model/host.ts'
import { holdPlacement } from '../../placement/index.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { changeHost, hostResult } from './job.ts'
import { hostResponse } from './response.ts'
import { requireState } from './state.ts'

export const prepareHostForMaintenance = defineCommand({
  name: 'prepareHostForMaintenance',
  authorized: admins,
  description:
    'Empties a host: what runs on it goes to others, and nothing new comes. Its job ends when the host is in Maintenance, or in ErrorInMaintenance when something cannot go.',
  params: { id: p.required(p.uuid('The host.')) },
  answer: 'job',
  response: hostResponse,
  result: hostResult,
  run: (context, { id }) =>
    changeHost(context, 'prepareHostForMaintenance', id, async (trx, host) => {
      requireState(host, ['Enabled', 'Disabled', 'ErrorInMaintenance'])
      // Whoever chose this host before has said so when this is committed; whoever chooses later sees that it is closed.
      const { zone } = found(await findHost(trx, id), 'id', 'host', id)
      await holdPlacement(trx, zone)
      await updateHostRow(trx, id, { resourcestate: 'PrepareForMaintenance' })
      await forgetFailuresOn(trx, id)
    }),
})
