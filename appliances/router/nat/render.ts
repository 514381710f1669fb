import type { Rendered } from '@sysvm/agent/service'
import { overlaps, type SpecEnvelope } from '@sysvm/agent/spec'
import type { Chain, Field, MapElement, NamedMap, Rule, Scalar } from 'node-iptables'
import { addressOf, interfacesOf, networkOf, servicesOf } from '../whole.ts'
import { createFlatMapAgain } from './again.ts'
import { outermost } from './covers.ts'
import type { NatSpec, PortForward } from './spec.ts'
import { uplinkChains, uplinkMaps } from './uplinks.ts'

const isRange = ({ port, endPort = port, guestPort = port }: PortForward): boolean =>
  endPort > port && guestPort === port

/** Before the rest of a key where a forward is for some sources only: those that are not within another one. */
const heads = ({ sources }: PortForward): readonly (readonly Scalar[])[] =>
  sources === undefined ? [[]] : outermost(sources).map((source) => [source])

/** One element per port: nft would send all ports of a shifted range to its first. */
const portElements = (forward: PortForward): readonly MapElement[] => {
  const { address, protocol, port, endPort = port, guest, guestPort = port } = forward
  if (isRange(forward)) return []
  return heads(forward).flatMap((head) =>
    Array.from(
      { length: endPort - port + 1 },
      (_, offset): MapElement => [
        [...head, address, protocol, port + offset],
        [guest, guestPort + offset],
      ],
    ),
  )
}

/** A range that keeps its ports stays one element. */
const rangeElements = (forward: PortForward): readonly MapElement[] => {
  const { address, protocol, port, endPort, guest } = forward
  if (!isRange(forward)) return []
  return heads(forward).map((head): MapElement => [[...head, address, protocol, `${port}-${endPort}`], guest])
}

type Elements = typeof portElements

const ofOpen =
  (elements: Elements): Elements =>
  (forward) =>
    forward.sources === undefined ? elements(forward) : []

const ofClosed =
  (elements: Elements): Elements =>
  (forward) =>
    forward.sources === undefined ? [] : elements(forward)

/** Of a large list that changed in one place only that is rendered again. */
const openPorts = createFlatMapAgain(ofOpen(portElements), 1)
const openRanges = createFlatMapAgain(ofOpen(rangeElements), 0)
const closedPorts = createFlatMapAgain(ofClosed(portElements), 0)
const closedRanges = createFlatMapAgain(ofClosed(rangeElements), 0)

/** Guests that come back to their own network through a public address, and the router's address they do it by. */
const hairpins = (whole: SpecEnvelope): readonly MapElement[] =>
  interfacesOf(whole, 'guest').flatMap(({ device, addresses }) =>
    addresses
      // The first address of a network is the guests' gateway.
      .filter((cidr, index) => !addresses.slice(0, index).some((earlier) => overlaps(earlier, cidr)))
      .map((cidr): MapElement => [[device, networkOf(cidr)], addressOf(cidr)]),
  )

const port = ['ipv4_addr', 'inet_proto', 'inet_service'] as const
const portOfSource = ['ipv4_addr', ...port] as const

/** Intervals cost more, so that only what has ranges or sources is in such a map. */
const forwardMaps = (forwards: readonly PortForward[]): readonly NamedMap[] => {
  const ports = { value: ['ipv4_addr', 'inet_service'] } as const
  const ranges = { value: ['ipv4_addr'], interval: true } as const
  return [
    { name: 'forwards', key: port, ...ports, elements: openPorts(forwards) },
    { name: 'forwarded_ranges', key: port, ...ranges, elements: openRanges(forwards) },
    { name: 'forwards_of_source', key: portOfSource, ...ports, interval: true, elements: closedPorts(forwards) },
    { name: 'forwarded_ranges_of_source', key: portOfSource, ...ranges, elements: closedRanges(forwards) },
  ]
}

const maps = ({ source, static: fixed, forwards }: NatSpec, whole: SpecEnvelope): readonly NamedMap[] => [
  ...forwardMaps(forwards),
  {
    name: 'static_in',
    key: ['ipv4_addr'],
    value: ['ipv4_addr'],
    elements: fixed.map(({ address, guest }) => [address, guest]),
  },
  {
    name: 'static_out',
    key: ['ifname', 'ipv4_addr'],
    value: ['ipv4_addr'],
    elements: fixed.flatMap(({ address, guest }) =>
      interfacesOf(whole)
        .filter(({ addresses }) => addresses.some((cidr) => addressOf(cidr) === address))
        .map(({ device }): MapElement => [[device, guest], address]),
    ),
  },
  { name: 'hairpins', key: ['ifname', 'ipv4_addr'], value: ['ipv4_addr'], interval: true, elements: hairpins(whole) },
  {
    name: 'source_nat',
    key: ['ifname', 'ipv4_addr'],
    value: ['ipv4_addr'],
    interval: true,
    elements: source.map(({ device, network, address }) => [[device, networkOf(network)], address]),
  },
]

const forwardRule = (head: readonly Field[], map: string): Rule => ({
  protocol: ['tcp', 'udp'],
  jump: { target: 'DNAT', to: { key: [...head, 'destination', 'protocol', 'destinationPort'], map } },
})

/**
 * By the address alone, not by where a packet came in: so guests and the router itself reach what they forward, too.
 */
const inward: readonly Rule[] = [
  ...['forwards', 'forwarded_ranges'].map((map) => forwardRule([], map)),
  ...['forwards_of_source', 'forwarded_ranges_of_source'].map((map) => forwardRule(['source'], map)),
  { jump: { target: 'DNAT', to: { key: ['destination'], map: 'static_in' } } },
]

const outward: readonly Rule[] = [
  // Else the other guest would answer past the router, from an address that nobody asked.
  { status: 'dnat', jump: { target: 'SNAT', to: { key: ['out', 'source'], map: 'hairpins' } } },
  ...['static_out', 'source_nat'].map(
    (map): Rule => ({ jump: { target: 'SNAT', to: { key: ['out', 'source'], map } } }),
  ),
]

const chainsOf = (tunnels: boolean): readonly Chain[] => [
  ...(tunnels ? [{ name: 'untranslated', rules: [] }] : []),
  { name: 'prerouting', hook: { type: 'nat', at: 'prerouting', priority: 'dstnat' }, rules: inward },
  { name: 'output', hook: { type: 'nat', at: 'output', priority: 'dstnat' }, rules: inward },
  {
    name: 'postrouting',
    hook: { type: 'nat', at: 'postrouting', priority: 'srcnat' },
    // What leaves through a tunnel is who it is.
    rules: [...(tunnels ? [{ jump: { target: 'JUMP', chain: 'untranslated' } } as const] : []), ...outward],
  },
]

/** A few rules and maps: what a connection costs does not grow with the networks, addresses or ports. */
export const render = (spec: NatSpec, whole: SpecEnvelope): Rendered => {
  const { vpn, wireguard } = servicesOf(whole)
  const tunnels = vpn !== undefined || wireguard !== undefined
  return {
    files: [],
    ruleset: {
      tables: [
        {
          family: 'ip',
          name: 'sysvm_nat',
          maps: [...maps(spec, whole), ...uplinkMaps(spec, whole)],
          chains: [...chainsOf(tunnels), ...uplinkChains(whole)],
        },
      ],
    },
  }
}
