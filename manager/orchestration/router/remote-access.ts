import type { VpnState } from '@sysvm/router/spec'
import { noteVpnProblem } from '../../model/remoteaccess.ts'
import type { ControlClient, World } from '../world.ts'
import { type ClientRows, clientProblem } from './parts/clients.ts'
import { l2tpOf } from './parts/l2tp.ts'
import { type VpnRows, vpn } from './parts/vpn.ts'
import { wireguard } from './parts/wireguard.ts'
import type { RouterState } from './state.ts'

/** Longest wait for an answer, in milliseconds. */
const ANSWER_MS = 5000

/** Why a router that has the VPN cannot do it, in its own words. */
const inability = async (client: ControlClient): Promise<string | undefined> => {
  const { l2tp } = await client.request<Partial<VpnState>>('GET', '/v1/state/vpn', { timeoutMs: ANSWER_MS })
  return l2tp?.state === 'Error' && typeof l2tp.reason === 'string' ? l2tp.reason : undefined
}

/**
 * Before those who wait for the router hear that it has everything: what it was not given, or cannot do, is told with
 * it. `ask`: a connection to the router.
 */
export const noteRemoteAccess = async (
  { db }: World,
  { base, rows }: RouterState,
  ask: <T>(work: (client: ControlClient) => Promise<T>) => Promise<T>,
): Promise<void> => {
  const { remoteAccess, l2tp } = rows[vpn.name] as VpnRows
  for (const one of [remoteAccess, rows[wireguard.name] as ClientRows | undefined])
    if (one !== undefined) await noteVpnProblem(db, one.id, clientProblem(base, one))
  if (l2tp === undefined) return
  const given = l2tpOf(base, l2tp) !== undefined
  await noteVpnProblem(db, l2tp.id, given ? await ask(inability) : clientProblem(base, l2tp))
}
