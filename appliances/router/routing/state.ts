import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { linesOf } from './config.ts'
import { changeCommands, readConfig } from './diff.ts'
import type { RoutingSpec } from './spec.ts'
import { readStatic, routeLines } from './static.ts'
import { ask, masked } from './vty.ts'

interface Neighbor {
  readonly remoteAs?: number
  readonly state?: string
  readonly peerUptimeMsec?: number
  readonly pfxRcd?: number
  readonly pfxSnt?: number
  readonly connectionsDropped?: number
}

interface Summary {
  readonly ipv4Unicast?: { readonly peers?: Readonly<Record<string, Neighbor>> }
  readonly ipv6Unicast?: { readonly peers?: Readonly<Record<string, Neighbor>> }
}

export interface PeerState {
  readonly address: string
  readonly asn: number
  /** RFC 4271's: Idle, Connect, Active, OpenSent, OpenConfirm, Established. */
  readonly state: string
  readonly establishedSeconds: number
  readonly prefixesReceived: number
  readonly prefixesSent: number
  /** How often the session ended since bgpd started. */
  readonly drops: number
}

export interface RoutingState {
  readonly peers: readonly PeerState[]
  readonly advertised: readonly string[]
  readonly static: RoutingSpec['static']
}

/** Sessions from `show bgp summary json`. Pure. */
export const readPeers = (text: string): readonly PeerState[] => {
  const summary = JSON.parse(text) as Summary
  return [summary.ipv4Unicast, summary.ipv6Unicast].flatMap((family) =>
    Object.entries(family?.peers ?? {}).map(([address, peer]) => ({
      address,
      asn: peer.remoteAs ?? 0,
      state: peer.state ?? 'Idle',
      establishedSeconds: peer.state === 'Established' ? Math.floor((peer.peerUptimeMsec ?? 0) / 1000) : 0,
      prefixesReceived: peer.pfxRcd ?? 0,
      prefixesSent: peer.pfxSnt ?? 0,
      drops: peer.connectionsDropped ?? 0,
    })),
  )
}

const peersOf = async (effects: Effects): Promise<readonly PeerState[]> => {
  const [text = '{}'] = await ask(effects, 'show bgp summary json')
  return readPeers(text)
}

export const state = async (spec: RoutingSpec, effects: Effects): Promise<RoutingState> => ({
  peers: spec.bgp === undefined ? [] : await peersOf(effects),
  advertised: spec.bgp?.advertise ?? [],
  static: spec.static,
})

/** bgpd answers and knows every peer, the kernel every static route. A session needs its other side: see `watch`. */
export const health = async (spec: RoutingSpec, effects: Effects): Promise<void> => {
  const [missing] = routeLines(spec.static, await readStatic(effects))
  if (missing !== undefined) throw new SysvmError('SYSVM_PROBE_FAILED', `The kernel's routes need: ip ${missing}`)
  if (spec.bgp === undefined) return
  const known = (await peersOf(effects)).map(({ address }) => address)
  const unknown = spec.bgp.peers.find(({ address }) => !known.includes(address))
  if (unknown !== undefined)
    throw new SysvmError('SYSVM_PROBE_FAILED', `bgpd does not know the peer ${unknown.address}`)
}

/** Every session is established. */
export const watch = async ({ bgp }: RoutingSpec, effects: Effects): Promise<void> => {
  if (bgp === undefined) return
  const down = (await peersOf(effects)).filter((peer) => peer.state !== 'Established')
  if (down.length > 0) {
    const words = down.map(({ address, asn, state: how }) => `${address} (AS ${asn}) is ${how}`)
    throw new SysvmError('SYSVM_PROBE_FAILED', `BGP sessions are not established: ${words.join(', ')}`)
  }
}

export const drift = async (spec: RoutingSpec, effects: Effects): Promise<readonly string[]> => {
  const routes = routeLines(spec.static, await readStatic(effects)).map((line) => `needs: ip ${line}`)
  if (spec.bgp === undefined) return routes
  const [text = ''] = await ask(effects, 'show running-config')
  return [
    ...routes,
    ...changeCommands(readConfig(text), linesOf(spec.bgp)).map((line) => `bgpd needs: ${masked(line)}`),
  ]
}
