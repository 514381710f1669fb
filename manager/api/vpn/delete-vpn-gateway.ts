import { SysvmError } from '@sysvm/errors'
import { lockInOrder } from '../../model/lock.ts'
import { lockVpc } from '../../model/vpc.ts'
import { freeVpnPorts, IPSEC_PORTS } from '../../model/vpn-ports.ts'
import { remoteEndsOf } from '../../model/vpnconnection.ts'
import { deleteVpnGatewayRow, findVpnGateway } from '../../model/vpngateway.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { doneJob } from '../done-job.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'

export const deleteVpnGateway = defineCommand({
  name: 'deleteVpnGateway',
  authorized: everyone,
  subject: 'vpn_gateway',
  description: 'Deletes the VPN gateway of a VPC that has no connection.',
  params: { id: p.required(p.uuid('The VPN gateway.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { vpc, publicipid } = found(await findVpnGateway(trx, id), 'id', 'VPN gateway', id)
      await lockInOrder(trx, { addresses: [publicipid] })
      await lockVpc(trx, vpc)
      const tunnels = await remoteEndsOf(trx, vpc)
      if (tunnels.length > 0)
        throw new SysvmError(
          'SYSVM_IN_USE',
          `It has connections to ${tunnels.map(({ name }) => name).join(', ')}: delete them first.`,
        )
      await deleteVpnGatewayRow(trx, id)
      await freeVpnPorts(trx, publicipid, IPSEC_PORTS)
      return { jobid: await doneJob(trx, 'deleteVpnGateway', 'VpnGateway', id, { success: true }), id }
    }),
})
