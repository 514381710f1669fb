import type { NetworkSpec } from '../driver.ts'

/** The few fields of `ip -json -details link` that decide what is left to do. */
export interface LinkFacts {
  readonly ifname: string
  readonly mtu: number
  readonly master?: string
  readonly flags: readonly string[]
  readonly ifalias?: string
  readonly linkinfo?: {
    readonly info_kind?: string
    readonly info_data?: { readonly id?: number; readonly local?: string }
  }
}

/** One entry of `bridge -json fdb show`. */
export interface FdbFacts {
  readonly mac: string
  readonly ifname: string
  readonly dst?: string
}

/** Lines for `ip -batch` and `bridge -batch`, and bridges whose IP stack must be shut. */
export interface NetworkPlan {
  readonly ip: readonly string[]
  readonly fdb: readonly string[]
  readonly quiet: readonly string[]
  /** Lines for `ip -batch`, run last: a bridge with the mark is done. */
  readonly mark: readonly string[]
}

/** Says which bridges are sysvm's own; an operator's bridge has none and keeps its settings. */
export const ALIAS = 'sysvm'
/** Where frames for nobody known go: every other host of the network, one copy each (RFC 7348 4.2, head-end). */
const FLOOD = '00:00:00:00:00:00'
const VXLAN_PORT = 4789

export const tunnelName = (vni: number): string => `svx${vni}`

/**
 * What turns the links a host has into those the network needs; empty when nothing is left to do.
 * `mac` is for a bridge that is to be made: without one of its own it would change with every port.
 */
export function planNetwork(
  spec: NetworkSpec,
  links: readonly LinkFacts[],
  fdb: readonly FdbFacts[],
  mac: string,
): NetworkPlan {
  const bridge = links.find((link) => link.ifname === spec.bridge)
  const ours = bridge === undefined || bridge.ifalias === ALIAS || spec.isolation.kind !== 'bridge'
  if (!ours)
    return { ip: bridge.flags.includes('UP') ? [] : [`link set dev ${spec.bridge} up`], fdb: [], quiet: [], mark: [] }
  const tunnel = spec.isolation.kind === 'vxlan' ? planTunnel(spec, spec.isolation, links, fdb) : { ip: [], fdb: [] }
  return {
    ip: [...planBridge(spec, bridge, mac), ...tunnel.ip],
    fdb: tunnel.fdb,
    quiet: bridge?.ifalias === ALIAS ? [] : [spec.bridge],
    mark: bridge?.ifalias === ALIAS ? [] : [`link set dev ${spec.bridge} alias ${ALIAS}`],
  }
}

function planBridge(spec: NetworkSpec, bridge: LinkFacts | undefined, mac: string): string[] {
  const { bridge: name, mtu } = spec
  const lines: string[] = []
  // No spanning tree, so ports forward at once; no snooping, because nobody here asks who listens.
  if (bridge === undefined)
    lines.push(`link add name ${name} address ${mac} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`)
  if (bridge?.mtu !== mtu) lines.push(`link set dev ${name} mtu ${mtu}`)
  if (!bridge?.flags.includes('UP')) lines.push(`link set dev ${name} up`)
  return lines
}

function planTunnel(
  spec: NetworkSpec,
  isolation: Extract<NetworkSpec['isolation'], { kind: 'vxlan' }>,
  links: readonly LinkFacts[],
  fdb: readonly FdbFacts[],
): { ip: string[]; fdb: string[] } {
  const name = tunnelName(isolation.vni)
  const found = links.find((link) => link.ifname === name)
  const data = found?.linkinfo?.info_data
  const fits = found?.linkinfo?.info_kind === 'vxlan' && data?.id === isolation.vni && data.local === isolation.local
  const tunnel = fits ? found : undefined
  const ip: string[] = []
  if (found !== undefined && !fits) ip.push(`link delete dev ${name}`)
  if (tunnel === undefined)
    ip.push(`link add name ${name} type vxlan id ${isolation.vni} local ${isolation.local} dstport ${VXLAN_PORT}`)
  if (tunnel?.mtu !== spec.mtu) ip.push(`link set dev ${name} mtu ${spec.mtu}`)
  if (tunnel?.master !== spec.bridge) ip.push(`link set dev ${name} master ${spec.bridge}`)
  if (!tunnel?.flags.includes('UP')) ip.push(`link set dev ${name} up`)

  const flood = tunnel === undefined ? [] : fdb.filter((entry) => entry.ifname === name && entry.mac === FLOOD)
  const present = new Set(flood.map((entry) => entry.dst))
  const wanted = new Set(isolation.remotes)
  const line = (verb: string, dst: string) => `fdb ${verb} ${FLOOD} dev ${name} dst ${dst}`
  const gone = [...present].filter((dst): dst is string => dst !== undefined && !wanted.has(dst))
  const added = [...wanted].filter((dst) => !present.has(dst))
  return { ip, fdb: [...gone.map((dst) => line('delete', dst)), ...added.map((dst) => line('append', dst))] }
}
