import type { VpnConnection } from '../../model/vpnconnection.ts'
import type { VpnCustomerGateway } from '../../model/vpncustomergateway.ts'
import type { VpnGateway } from '../../model/vpngateway.ts'
import type { Context } from '../command.ts'
import type { Owners } from '../owner.ts'
import { defineResponse, ownerShown, type Presented } from '../response.ts'
import { weaknessesOf } from './policy.ts'

/** What the key of a customer gateway is sealed under. */
export const pskContext = (id: string): string => `vpncustomergateway/${id}`

const opened = ({ dependencies: { unseal } }: Context, id: string, sealed: string): string | undefined =>
  unseal?.(pskContext(id), sealed)

/** Below this many characters a key can be guessed from one that listens (RFC 7296, 2.15). */
const SHORT = 20

export const vpnGatewayResponse = defineResponse('vpngateway', {
  id: ['string', 'Its id.'],
  publicip: ['string', 'Its public address.'],
  vpcid: ['string', 'Its VPC.'],
  vpcname: ['string', "Its VPC's name."],
  ...ownerShown,
  fordisplay: ['boolean', 'Whether it is shown to its owner: true.'],
})

export const presentVpnGateway =
  (owners: Owners) =>
  (row: VpnGateway): Presented<typeof vpnGatewayResponse.fields> => ({
    id: row.id,
    publicip: row.publicip,
    vpcid: row.vpc,
    vpcname: row.vpcname,
    ...owners(row.account),
    fordisplay: true,
  })

/** Of a peer, whether it is asked for itself or as of a connection. */
const peerFields = {
  gateway: ['string', "The peer's address."],
  cidrlist: ['string', 'Networks behind the peer, with commas.'],
  ipsecpsk: ['string', 'The key that both peers know.'],
  ikepolicy: ['string', 'Ciphers of the peers.'],
  esppolicy: ['string', 'Ciphers of traffic.'],
  ikelifetime: ['long', 'Seconds after which keys of the peers are made anew.'],
  esplifetime: ['long', 'Seconds after which keys of traffic are made anew.'],
  dpd: ['boolean', 'Whether a dead peer is noticed.'],
  forceencap: ['boolean', 'Whether packets go in UDP in any case.'],
  splitconnections: ['boolean', 'Whether each network behind the peer has keys of its own.'],
  ikeversion: ['string', 'Version of IKE: ikev1, ikev2, or ike for either.'],
  warnings: ['list', 'What is weak in its policies and its key. Of sysvm alone.'],
} as const

const presentPeer = (row: Omit<VpnCustomerGateway, 'id' | 'created'>, psk: string | undefined) => ({
  gateway: row.gateway,
  cidrlist: row.cidrlist.join(','),
  ipsecpsk: psk,
  ikepolicy: row.ikepolicy,
  esppolicy: row.esppolicy,
  ikelifetime: row.ikelifetime,
  esplifetime: row.esplifetime,
  dpd: row.dpd,
  forceencap: row.forceencap,
  splitconnections: row.splitconnections,
  ikeversion: row.ikeversion,
  warnings: [
    ...weaknessesOf('ikepolicy', row.ikepolicy),
    ...weaknessesOf('esppolicy', row.esppolicy),
    ...((psk?.length ?? SHORT) < SHORT ? [`ipsecpsk: it has fewer than ${SHORT} characters`] : []),
  ],
})

export const vpnCustomerGatewayResponse = defineResponse('vpncustomergateway', {
  id: ['string', 'Its id.'],
  name: ['string', 'Its name.'],
  ipaddress: ['string', "The peer's address."],
  ...peerFields,
  ...ownerShown,
})

export const presentVpnCustomerGateway =
  (context: Context, owners: Owners) =>
  (row: VpnCustomerGateway): Presented<typeof vpnCustomerGatewayResponse.fields> => ({
    id: row.id,
    name: row.name,
    ipaddress: row.gateway,
    ...presentPeer(row, opened(context, row.id, row.ipsecpsk)),
    ...owners(row.account),
  })

export const vpnConnectionResponse = defineResponse('vpnconnection', {
  id: ['string', 'Its id.'],
  s2svpngatewayid: ['string', 'Its own gateway.'],
  publicip: ['string', "Its own gateway's public address."],
  s2scustomergatewayid: ['string', "The peer's gateway."],
  ...peerFields,
  state: ['string', 'Pending until its router has it; then Connecting, Connected, Disconnected or Error.'],
  passive: ['boolean', 'Whether it waits for its peer.'],
  ...ownerShown,
  created: ['date', 'When it was made.'],
  fordisplay: ['boolean', 'Whether it is shown to its owner: true.'],
  reason: ['string', 'Why it is in that state, in the words of its router. Of sysvm alone.'],
})

export const presentVpnConnection =
  (context: Context, owners: Owners) =>
  (row: VpnConnection): Presented<typeof vpnConnectionResponse.fields> => ({
    id: row.id,
    s2svpngatewayid: row.vpn_gateway,
    publicip: row.publicip,
    s2scustomergatewayid: row.customer_gateway,
    ...presentPeer(row, opened(context, row.customer_gateway, row.ipsecpsk)),
    state: row.shown,
    passive: row.passive,
    ...owners(row.account),
    created: row.created,
    fordisplay: true,
    reason: row.shown === row.state ? row.reason : null,
  })
