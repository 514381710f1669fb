import { SysvmError } from '@sysvm/errors'
import { deleteRemoteAccessVpnRow, vpnOfAddress } from '../../model/remoteaccess.ts'
import { freeVpnPorts } from '../../model/vpn-ports.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { lockOwnedAddress, reviseOwner } from '../publicip/owned.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { startVpnJob } from './job.ts'

export const deleteRemoteAccessVpn = defineCommand({
  name: 'deleteRemoteAccessVpn',
  authorized: everyone,
  description: 'Ends the remote access VPN of a public address, and all sessions with it.',
  params: { publicipid: p.required(p.uuid('The public address.')) },
  answer: 'job',
  response: successResponse,
  run: (context, { publicipid }) =>
    write(context, async (trx) => {
      const address = await lockOwnedAddress(context, trx, publicipid, 'publicipid')
      const vpn = await vpnOfAddress(trx, address.id)
      if (vpn === undefined)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter publicipid: the public address ${address.address} has no remote access VPN.`,
        )
      await deleteRemoteAccessVpnRow(trx, vpn.id)
      await freeVpnPorts(trx, address.id)
      const revision = await reviseOwner(trx, address.owner)
      return startVpnJob(context, trx, 'deleteRemoteAccessVpn', { id: vpn.id, target: address.owner, revision })
    }),
})
