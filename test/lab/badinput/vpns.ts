import type { Database } from '@sysvm/manager/model'
import type { Kysely } from 'kysely'
import type { Call } from '../../simulator/api.ts'
import { idOf, list } from '../balanced.ts'
import { make } from '../refusals.ts'
import type { Routers } from './routers.ts'
import type { Topology } from './topology.ts'

/** Ids of what lets people in, which needs the addresses that networks go out by. */
export interface Vpns {
  /** Of an isolated network without a VPN. */
  readonly natip: string
  /** Of a VPC with one of each protocol. */
  readonly vpnip: string
  readonly remoteaccessvpn: string
  readonly vpnuser: string
}

export const VPN_USER = 'ann'

export const makeVpns = async (call: Call, db: Kysely<Database>, at: Topology & Routers): Promise<Vpns> => {
  const natOf = async (params: Readonly<Record<string, string>>): Promise<string> =>
    idOf((await list(call, 'listPublicIpAddresses', 'publicipaddress', { ...params, issourcenat: 'true' }))[0])
  const [natip, vpnip] = [await natOf({ associatednetworkid: at.network }), await natOf({ vpcid: at.vpc })]
  const vpnuser = await make(call, 'addVpnUser', { username: VPN_USER, password: 'correct-horse' })
  const remoteaccessvpn = await make(call, 'createRemoteAccessVpn', {
    ...{ publicipid: vpnip, protocol: 'ikev2', iprange: '10.1.2.1-10.1.2.8' },
  })
  await make(call, 'createRemoteAccessVpn', {
    ...{ publicipid: vpnip, protocol: 'wireguard', iprange: '10.1.3.1-10.1.3.8' },
  })
  // What the reconcilers would have done: the VPC's router has them, and lets the user in.
  await db.updateTable('router').set({ revision: 1000 }).where('id', '=', at.vpcrouter).execute()
  return { natip, vpnip, vpnuser, remoteaccessvpn }
}
