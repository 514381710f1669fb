import { lockVpc, reviseVpc } from '../../model/vpc.ts'
import { findVpnConnection, resetVpnConnectionRow } from '../../model/vpnconnection.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import { accountOwner, refuseOtherOwner } from '../owner.ts'
import * as p from '../parameter.ts'
import { startVpcJob } from '../vpc/job.ts'
import { write } from '../write.ts'
import { vpnConnectionResponse } from './response.ts'
import { vpnConnectionResult } from './result.ts'

export const resetVpnConnection = defineCommand({
  name: 'resetVpnConnection',
  authorized: everyone,
  description: 'Tears a tunnel down and sets it up anew; others go on.',
  params: { id: p.required(p.uuid('The VPN connection.')), ...accountOwner },
  answer: 'job',
  response: vpnConnectionResponse,
  result: vpnConnectionResult,
  run: (context, params) =>
    write(context, async (trx) => {
      const { id } = params
      const { vpc, account } = found(await findVpnConnection(trx, id), 'id', 'VPN connection', id)
      await refuseOtherOwner(context, trx, params, account)
      await lockVpc(trx, vpc)
      const revision = (await reviseVpc(trx, vpc)) ?? 0
      await resetVpnConnectionRow(trx, id, revision)
      const made = { instance: id, instancetype: 'VpnConnection' }
      return startVpcJob(context, trx, 'resetVpnConnection', vpc, revision, made)
    }),
})
