import { updateHostRow } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { changeHost, hostResult } from './job.ts'
import { hostResponse } from './response.ts'

export const reconnectHost = defineCommand({
  name: 'reconnectHost',
  authorized: admins,
  description: 'Connects to a host anew and checks its needs again.',
  params: { id: p.required(p.uuid('The host.')) },
  answer: 'job',
  response: hostResponse,
  result: hostResult,
  run: (context, { id }) =>
    changeHost(context, 'reconnectHost', id, (trx) => updateHostRow(trx, id, { state: 'Connecting' })),
})
