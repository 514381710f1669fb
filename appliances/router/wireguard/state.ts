import type { Effects, MetricFamily } from '@sysvm/agent/service'
import { networksOfRange } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import { stepsOf } from './converge.ts'
import { readDevice, readRoutes } from './live.ts'
import { DEVICE } from './names.ts'
import type { WireGuardSpec } from './spec.ts'

/** What the router tells of one user's machine. */
export interface PeerState {
  readonly user: string
  /** Of the pool. */
  readonly address: string
  /** Where it came from last, with its port; absent: it was not here since WireGuard was started. */
  readonly from?: string
  /** Seconds since the Epoch of the last handshake, of which there is one every two minutes while there is traffic. */
  readonly handshake?: number
  /** Bytes from it, and to it. */
  readonly received: number
  readonly sent: number
}

export interface WireGuardState {
  readonly peers: readonly PeerState[]
}

export const state = async (spec: WireGuardSpec, effects: Effects): Promise<WireGuardState> => {
  const live = new Map((await readDevice(effects))?.peers.map((peer) => [peer.publicKey, peer]))
  return {
    peers: spec.peers.map(({ user, address, publicKey }) => {
      const { endpoint, handshake = 0, received = 0, sent = 0 } = live.get(publicKey) ?? {}
      return {
        user,
        address,
        ...(endpoint === undefined ? {} : { from: endpoint }),
        ...(handshake === 0 ? {} : { handshake }),
        received,
        sent,
      }
    }),
  }
}

/** What WireGuard and the kernel do not have as they should. */
export const drift = async (spec: WireGuardSpec, effects: Effects): Promise<readonly string[]> => {
  const live = await readDevice(effects)
  if (live === undefined) return [`there is no ${DEVICE}`]
  const { device, gone, told } = stepsOf(spec, live)
  const known = new Set(told.map(({ publicKey }) => publicKey))
  const routes = await readRoutes(effects)
  return [
    ...(device ? [`${DEVICE} has another key or port`] : []),
    ...told.map(({ user }) => `${DEVICE} does not have ${user} as it should`),
    ...gone.filter((key) => !known.has(key)).map((key) => `${DEVICE} has a foreign peer ${key}`),
    ...networksOfRange(spec.pool)
      .filter((network) => !routes.includes(network))
      .map((network) => `${network} does not lead to ${DEVICE}`),
  ]
}

export const health = async (spec: WireGuardSpec, effects: Effects): Promise<void> => {
  const [first] = await drift(spec, effects)
  if (first !== undefined) throw new SysvmError('SYSVM_PROBE_FAILED', first)
}

export const metrics = async (spec: WireGuardSpec, effects: Effects): Promise<readonly MetricFamily[]> => {
  const { peers } = await state(spec, effects)
  const family = (name: string, help: string, value: (peer: PeerState) => number): MetricFamily => ({
    name: `sysvm_wireguard_${name}`,
    type: name.endsWith('_total') ? 'counter' : 'gauge',
    help,
    samples: peers.map((peer) => [{ user: peer.user }, value(peer)]),
  })
  return [
    family('received_bytes_total', "Bytes from a user's machine.", ({ received }) => received),
    family('sent_bytes_total', "Bytes to a user's machine.", ({ sent }) => sent),
    family(
      'handshake_seconds',
      'Last handshake, in seconds since the Epoch; 0: none.',
      ({ handshake = 0 }) => handshake,
    ),
  ]
}
