import { noteVpnProblem } from '../../model/remoteaccess.ts'
import type { World } from '../world.ts'
import { remoteAccessProblem } from './parts/remoteaccess.ts'
import { type VpnRows, vpn } from './parts/vpn.ts'
import type { RouterState } from './state.ts'

/** Before those who wait for the router hear that it has everything: what it was not given is told with it. */
export const noteRemoteAccess = async ({ db }: World, { base, rows }: RouterState): Promise<void> => {
  const { remoteAccess } = rows[vpn.name] as VpnRows
  if (remoteAccess !== undefined)
    await noteVpnProblem(db, remoteAccess.publicIp, remoteAccessProblem(base, remoteAccess))
}
