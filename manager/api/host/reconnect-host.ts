import { findHost, updateHostRow } from '../../model/host.ts'
import { admins } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { hostResponse, presentHost } from './response.ts'

export const reconnectHost = defineCommand({
  name: 'reconnectHost',
  authorized: admins,
  description: 'Connects to a host anew and checks its needs again.',
  params: { id: p.required(p.uuid('The host.')) },
  answer: 'job',
  response: hostResponse,
  result: async ({ db }, id) => {
    const host = await findHost(db, id)
    return host && presentHost(host)
  },
  run: (context, { id }) =>
    write(context, async (trx) => {
      found((await updateHostRow(trx, id, { state: 'Connecting' })) || undefined, 'id', 'host', id)
      const target = { kind: 'host', id } as const
      return {
        jobid: await context.jobs.startJob(trx, { cmd: 'reconnectHost', target, revision: 0, instancetype: 'Host' }),
      }
    }),
})
