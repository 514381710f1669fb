import type { RemoteAccessVpn } from '../../model/remoteaccess.ts'
import type { VpnUser } from '../../model/vpnuser.ts'
import type { Context } from '../command.ts'
import { ownersIn } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'

const fields = {
  publicipid: ['string', "Its public address's id."],
  publicip: ['string', 'Its public address, which clients connect to.'],
  iprange: ['string', 'Addresses that clients get.'],
  presharedkey: ['string', 'Of one of L2TP, the key that all its clients know.'],
  ...ownerShown,
  state: ['string', 'Running, Added until its router has it, or Error where the router cannot be given it.'],
  reason: ['string', 'Why it is in error. Of sysvm alone.'],
  id: ['string', 'Its id.'],
  fordisplay: ['boolean', 'Whether it is shown to its owner.'],
  protocol: ['string', 'What clients speak: ikev2, wireguard or l2tp. Of sysvm alone.'],
  publickey: ['string', "Of WireGuard, the router's key. Of sysvm alone."],
  cacertificate: ['string', 'Of IKEv2, in PEM, the authority that clients must trust. Of sysvm alone.'],
  certificateexpires: ['date', 'Of IKEv2, the end of its own certificate, which is renewed before. Of sysvm alone.'],
} as const

export const remoteAccessVpnResponse = defineResponse('remoteaccessvpn', fields)

export const presentRemoteAccessVpns = async (context: Context, rows: readonly RemoteAccessVpn[]) => {
  const ownerOf = await ownersIn(context.db, rows)
  return (row: RemoteAccessVpn): Presented<typeof fields> => ({
    publicipid: row.public_ip,
    publicip: row.address,
    iprange: `${row.first}-${row.last}`,
    presharedkey:
      row.presharedkey === null ? undefined : context.dependencies.unseal?.(`vpn/${row.id}`, row.presharedkey),
    ...ownerOf(row.account),
    state: !row.held ? 'Added' : row.problem === null ? 'Running' : 'Error',
    reason: row.held ? (row.problem ?? undefined) : undefined,
    id: row.id,
    fordisplay: row.fordisplay,
    protocol: row.protocol,
    publickey: row.publicKey ?? undefined,
    cacertificate: row.authority ?? undefined,
    certificateexpires: row.expires ?? undefined,
  })
}

const userFields = {
  id: ['string', "The user's id."],
  username: ['string', "The user's name."],
  ...ownerShown,
  state: [
    'string',
    'Active; Add, or once it is removed Revoke, until the routers of all VPNs of the account know of it.',
  ],
} as const

export const vpnUserResponse = defineResponse('vpnuser', userFields)

export const presentVpnUsers = async ({ db }: Context, rows: readonly VpnUser[]) => {
  const ownerOf = await ownersIn(db, rows)
  return (row: VpnUser): Presented<typeof userFields> => ({
    id: row.id,
    username: row.username,
    ...ownerOf(row.account),
    state: row.revoked ? 'Revoke' : row.held ? 'Active' : 'Add',
  })
}
