import type { Effects, MetricFamily } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { notRunning } from './l2tp/able.ts'
import { sessionsNow } from './l2tp/sessions.ts'
import type { SessionState, VpnState } from './report.ts'
import { resumedSites } from './sites.ts'
import type { VpnSpec } from './spec.ts'
import { wantsCharon } from './wants.ts'

export const state = async (spec: VpnSpec, effects: Effects): Promise<VpnState> => {
  if (!wantsCharon(spec)) return { connections: [] }
  const sites = await resumedSites(spec, effects)
  return {
    connections: await sites.states(spec.connections),
    ...((spec.remoteAccess ?? spec.l2tp) && {
      sessions: [...(await sites.sessions()), ...(await l2tpSessions(spec, effects))],
    }),
    ...(spec.l2tp && { l2tp: await l2tpState(effects) }),
  }
}

const l2tpSessions = async (spec: VpnSpec, effects: Effects): Promise<readonly SessionState[]> =>
  spec.l2tp === undefined ? [] : (await sessionsNow(effects)).map(({ device: _, ...session }) => session)

const l2tpState = async (effects: Effects): Promise<NonNullable<VpnState['l2tp']>> => {
  const why = await notRunning(effects)
  return why === undefined ? { state: 'Running' } : { state: 'Error', reason: `${why.code}: ${why.message}` }
}

/** charon answers and has every connection. A tunnel needs its other side: see `watch`. */
export const health = async (spec: VpnSpec, effects: Effects): Promise<void> => {
  const [missing] = await drift(spec, effects)
  if (missing !== undefined) throw new SysvmError('SYSVM_PROBE_FAILED', missing)
}

/** Every tunnel is up, but for those that wait for the other side to begin. */
export const watch = async (spec: VpnSpec, effects: Effects): Promise<void> => {
  const { connections } = await state(spec, effects)
  const unable = spec.l2tp === undefined ? undefined : await notRunning(effects)
  if (unable !== undefined) throw unable
  const down = connections.filter((one) => one.state === 'Connecting' || one.state === 'Error')
  if (down.length === 0) return
  const words = down.map(({ id, state: how, reason }) => `${id} is ${how}${reason === undefined ? '' : ` (${reason})`}`)
  throw new SysvmError('SYSVM_PROBE_FAILED', `VPN connections are not up: ${words.join(', ')}`)
}

export const drift = async (spec: VpnSpec, effects: Effects): Promise<readonly string[]> => {
  if (!wantsCharon(spec)) return []
  const sites = await resumedSites(spec, effects)
  return (await sites.missing()).map((what) => `charon does not have ${what} as it should`)
}

export const metrics = async (spec: VpnSpec, effects: Effects): Promise<readonly MetricFamily[]> => {
  const { connections } = await state(spec, effects)
  return [
    {
      name: 'sysvm_vpn_connected',
      type: 'gauge',
      help: 'Whether the tunnel of a VPN connection is up.',
      samples: connections.map(({ id, state: how }) => [{ connection: id }, how === 'Connected' ? 1 : 0]),
    },
  ]
}
