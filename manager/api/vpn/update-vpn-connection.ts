import { findVpnConnection } from '../../model/vpnconnection.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { vpnConnectionResponse } from './response.ts'
import { vpnConnectionResult } from './result.ts'

export const updateVpnConnection = defineCommand({
  name: 'updateVpnConnection',
  authorized: everyone,
  description: 'Answers a VPN connection as it is: change its customer gateway instead.',
  since: '4.4',
  params: {
    id: p.required(p.uuid('The VPN connection.')),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: vpnConnectionResponse,
  result: vpnConnectionResult,
  run: (context, { id }) =>
    write(context, async (trx) => {
      found(await findVpnConnection(trx, id), 'id', 'VPN connection', id)
      return { jobid: await doneJob(trx, 'updateVpnConnection', 'VpnConnection', id), id }
    }),
})
