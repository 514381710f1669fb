import type { Call } from '../../simulator/api.ts'
import { idOf, list } from '../balanced.ts'
import { make } from '../refusals.ts'
import type { Topology } from './topology.ts'

/** Ids of what lets people in, which needs the addresses that networks go out by. */
export interface Vpns {
  /** Of an isolated network without a VPN. */
  readonly natip: string
  /** Of a VPC with one. */
  readonly vpnip: string
  readonly remoteaccessvpn: string
  readonly vpnuser: string
}

export const VPN_USER = 'ann'

export const makeVpns = async (call: Call, at: Topology): Promise<Vpns> => {
  const natOf = async (params: Readonly<Record<string, string>>): Promise<string> =>
    idOf((await list(call, 'listPublicIpAddresses', 'publicipaddress', { ...params, issourcenat: 'true' }))[0])
  const [natip, vpnip] = [await natOf({ associatednetworkid: at.network }), await natOf({ vpcid: at.vpc })]
  const vpnuser = await make(call, 'addVpnUser', { username: VPN_USER, password: 'correct-horse' })
  const remoteaccessvpn = await make(call, 'createRemoteAccessVpn', { publicipid: vpnip, iprange: '10.1.2.1-10.1.2.8' })
  return { natip, vpnip, vpnuser, remoteaccessvpn }
}
