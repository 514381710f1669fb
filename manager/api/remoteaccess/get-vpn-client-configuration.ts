import { SysvmError } from '@sysvm/errors'
import { findVpnUser } from '../../model/vpnuser.ts'
import { findWireGuardClient } from '../../model/wireguard.ts'
import { configurationText } from '../../wireguard/configuration.ts'
import { qrCodeSvg } from '../../wireguard/qrcode.ts'
import { peerSecrets } from '../../wireguard/seals.ts'
import { everyone } from '../authorized.ts'
import { defineCommand } from '../command.ts'
import { found } from '../found.ts'
import * as p from '../parameter.ts'
import { defineResponse } from '../response.ts'
import { unsealed } from '../sealed.ts'
import { portsOf } from './protocol.ts'

export const getVpnClientConfiguration = defineCommand({
  name: 'getVpnClientConfiguration',
  authorized: everyone,
  description:
    "Gives what a VPN user's machine needs to come in by WireGuard, with the private key: a secret. Of sysvm alone.",
  params: {
    id: p.required(p.uuid('The VPN user.')),
    publicipid: p.required(p.uuid('The public address of the VPN, one of WireGuard that runs.')),
  },
  answer: 'object',
  response: defineResponse('vpnclientconfiguration', {
    id: ['string', 'The VPN user.'],
    username: ['string', "The user's name."],
    publicipid: ['string', "The VPN's public address."],
    ipaddress: ['string', 'The address that the machine has in the VPN.'],
    filename: ['string', 'A name for the file.'],
    configuration: ['string', 'For wg-quick and all applications of WireGuard. Secret.'],
    qrcode: ['string', 'The same as a QR code, in SVG. Secret.'],
  }),
  run: async (context, { id, publicipid }) => {
    const { db } = context
    const user = found(await findVpnUser(db, id), 'id', 'VPN user', id)
    const client = await findWireGuardClient(db, publicipid, id)
    if (client === undefined)
      throw new SysvmError(
        'SYSVM_API_PARAMETER',
        `Parameter publicipid: the public address has no remote access VPN of WireGuard for ${user.username}.`,
      )
    if (!client.held)
      throw new SysvmError(
        'SYSVM_RESOURCE_STATE',
        `The remote access VPN ${client.vpn} does not let ${user.username} in yet: wait until listRemoteAccessVpns says Running, and the user's job is done.`,
      )
    const where = peerSecrets(client.vpn, id)
    const configuration = configurationText({
      privateKey: unsealed(context, where.privateKey, client.private_key),
      address: client.address,
      dns: client.dns === null ? [] : [client.dns],
      server: { publicKey: client.server_key, address: client.server, port: portsOf('wireguard')[0] },
      presharedKey: unsealed(context, where.presharedKey, client.preshared_key),
      subnets: client.subnets,
    })
    return {
      id,
      username: client.username,
      publicipid,
      ipaddress: client.address,
      filename: 'wg-sysvm.conf',
      configuration,
      qrcode: qrCodeSvg(configuration),
    }
  },
})
