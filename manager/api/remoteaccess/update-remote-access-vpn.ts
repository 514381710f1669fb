import { showRemoteAccessVpn } from '../../model/remoteaccess.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { remoteAccessVpnResult } from './job.ts'
import { remoteAccessVpnResponse } from './response.ts'

export const updateRemoteAccessVpn = defineCommand({
  name: 'updateRemoteAccessVpn',
  authorized: everyone,
  since: '4.4',
  description: 'Changes whether a remote access VPN is shown to its owner.',
  params: {
    id: p.required(p.uuid('The VPN.')),
    fordisplay: p.forAdmins(p.boolean('Whether it is shown.')),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: remoteAccessVpnResponse,
  result: remoteAccessVpnResult,
  run: (context, { id, fordisplay }) =>
    write(context, async (trx) => {
      const there = await showRemoteAccessVpn(trx, id, fordisplay)
      found(there ? id : undefined, 'id', 'remote access VPN', id)
      return { jobid: await doneJob(trx, 'updateRemoteAccessVpn', 'RemoteAccessVpn', id), id }
    }),
})
