import { SysvmError } from '@sysvm/errors'
import { vpcsOfCustomerGateway } from '../../model/vpnconnection.ts'
import { deleteVpnCustomerGatewayRow, lockVpnCustomerGateway } from '../../model/vpncustomergateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteVpnCustomerGateway = defineCommand({
  name: 'deleteVpnCustomerGateway',
  authorized: everyone,
  subject: 'vpn_customer_gateway',
  description: 'Forgets the gateway of another site, to which there is no connection.',
  params: { id: p.required(p.uuid('The customer gateway.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      found(await lockVpnCustomerGateway(trx, id), 'id', 'VPN customer gateway', id)
      const vpcs = await vpcsOfCustomerGateway(trx, id)
      if (vpcs.length > 0)
        throw new SysvmError('SYSVM_IN_USE', `${vpcs.length} VPN connections lead to it: delete them first.`)
      await deleteVpnCustomerGatewayRow(trx, id)
      return { jobid: await doneJob(trx, 'deleteVpnCustomerGateway', 'VpnCustomerGateway', id, { success: true }), id }
    }),
})
