import type { LiveDevice, LivePeer } from './live.ts'
import type { Peer, WireGuardSpec } from './spec.ts'

/** What leads WireGuard from what it has to what it should have. */
export interface Steps {
  /** Whether its own key or port is another one. */
  readonly device: boolean
  /** Public keys of peers that go, those that differ among them: what there is of their sessions ends. */
  readonly gone: readonly string[]
  /** Peers that come. */
  readonly told: readonly Peer[]
}

const same = (peer: Peer, live: LivePeer | undefined): boolean =>
  live !== undefined && live.presharedKey === peer.presharedKey && live.allowed === `${peer.address}/32`

/** Peers that are as they should be are in none of the steps. Pure. */
export const stepsOf = (wanted: WireGuardSpec, live: LiveDevice): Steps => {
  const has = new Map(live.peers.map((peer) => [peer.publicKey, peer]))
  const stay = new Set(
    wanted.peers.filter((peer) => same(peer, has.get(peer.publicKey))).map(({ publicKey }) => publicKey),
  )
  return {
    device: live.privateKey !== wanted.privateKey || live.port !== wanted.port,
    gone: [...has.keys()].filter((key) => !stay.has(key)),
    told: wanted.peers.filter(({ publicKey }) => !stay.has(publicKey)),
  }
}

/** Addresses that somebody has no longer: of peers that go, and do not come again with the same one. Pure. */
export const leftBy = (live: LiveDevice, { gone, told }: Steps): readonly string[] => {
  const stay = new Set(told.map(({ publicKey, address }) => `${publicKey} ${address}/32`))
  const going = new Set(gone)
  return live.peers
    .filter(({ publicKey, allowed }) => going.has(publicKey) && !stay.has(`${publicKey} ${allowed}`))
    .map(({ allowed }) => allowed.replace('/32', ''))
}

const peerText = ({ address, publicKey, presharedKey }: Peer): string =>
  `[Peer]\nPublicKey = ${publicKey}\nPresharedKey = ${presharedKey}\nAllowedIPs = ${address}/32\n`

/** wg(8), the configuration that is to be added; empty: nothing is. Secret. Pure. */
export const additionOf = ({ privateKey, port }: WireGuardSpec, { device, told }: Steps): string =>
  [...(device ? [`[Interface]\nPrivateKey = ${privateKey}\nListenPort = ${port}\n`] : []), ...told.map(peerText)].join(
    '',
  )
