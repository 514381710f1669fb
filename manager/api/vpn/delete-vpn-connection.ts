import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { deleteVpnConnectionRow, findVpnConnection } from '../../model/vpnconnection.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { successResponse } from '../response.ts'
import { startVpcJob } from '../vpc/job.ts'
import { write } from '../write.ts'

export const deleteVpnConnection = defineCommand({
  name: 'deleteVpnConnection',
  authorized: everyone,
  subject: 'vpn_connection',
  description: 'Ends a tunnel to another site.',
  params: { id: p.required(p.uuid('The VPN connection.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { id }) =>
    write(context, async (trx) => {
      const { vpc } = found(await findVpnConnection(trx, id), 'id', 'VPN connection', id)
      await lockVpc(trx, vpc)
      await deleteVpnConnectionRow(trx, id)
      const revision = await reviseVpc(trx, vpc)
      const made = { instance: id, instancetype: 'VpnConnection' }
      return startVpcJob(context, trx, 'deleteVpnConnection', vpc, revision ?? 0, made)
    }),
})
