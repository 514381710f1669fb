import { findVpnGateway } from '../../model/vpngateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { write } from '../write.ts'
import { vpnGatewayResponse } from './response.ts'
import { vpnGatewayResult } from './result.ts'

export const updateVpnGateway = defineCommand({
  name: 'updateVpnGateway',
  authorized: everyone,
  description: 'Answers a VPN gateway as it is: nothing of it can be another.',
  since: '4.4',
  params: {
    id: p.required(p.uuid('The VPN gateway.')),
    fordisplay: p.only('Whether it is shown.', true),
  },
  unsupported: ['customid'],
  answer: 'job',
  response: vpnGatewayResponse,
  result: vpnGatewayResult,
  run: (context, { id }) =>
    write(context, async (trx) => {
      found(await findVpnGateway(trx, id), 'id', 'VPN gateway', id)
      return { jobid: await doneJob(trx, 'updateVpnGateway', 'VpnGateway', id), id }
    }),
})
