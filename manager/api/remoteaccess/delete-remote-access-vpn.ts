import { SysvmError } from '@sysvm/errors'
import { deleteRemoteAccessVpnRow, vpnsOfAddress } from '../../model/remoteaccess.ts'
import { freeVpnPorts } from '../../model/vpn-ports.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import * as p from '../parameter.ts'
import { lockOwnedAddress, reviseOwner } from '../publicip/owned.ts'
import { successResponse } from '../response.ts'
import { write } from '../write.ts'
import { holdUsersOf } from './hold.ts'
import { startVpnJob } from './job.ts'
import { PROTOCOLS, portsOf } from './protocol.ts'

export const deleteRemoteAccessVpn = defineCommand({
  name: 'deleteRemoteAccessVpn',
  authorized: everyone,
  description: 'Ends the remote access VPN of a public address, and all sessions with it.',
  params: {
    publicipid: p.required(p.uuid('The public address.')),
    ...p.own({
      protocol: p.choice('Which of several VPNs of the address; needed where there are several.', PROTOCOLS),
    }),
  },
  answer: 'job',
  response: successResponse,
  run: (context, { publicipid, protocol }) =>
    write(context, async (trx) => {
      await holdUsersOf(trx, publicipid)
      const address = await lockOwnedAddress(context, trx, publicipid, 'publicipid')
      const [vpn, ...others] = await vpnsOfAddress(trx, address.id, protocol)
      if (vpn === undefined)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter publicipid: the public address ${address.address} has no remote access VPN${protocol === undefined ? '' : ` of ${protocol}`}.`,
        )
      if (others.length > 0)
        throw new SysvmError(
          'SYSVM_API_PARAMETER',
          `Parameter protocol: the public address ${address.address} has remote access VPNs of ${[vpn, ...others].map((one) => one.protocol).join(' and ')}: name one.`,
        )
      await deleteRemoteAccessVpnRow(trx, vpn.id)
      await freeVpnPorts(trx, address.id, portsOf(vpn.protocol))
      const revision = await reviseOwner(trx, address.owner)
      return startVpnJob(context, trx, 'deleteRemoteAccessVpn', { id: vpn.id, target: address.owner, revision })
    }),
})
