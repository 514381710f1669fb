import type { Rendered } from '@sysvm/agent/service'
import { overlaps, type SpecEnvelope } from '@sysvm/agent/spec'
import type { Chain, MapElement, NamedMap, Rule } from 'node-iptables'
import { addressOf, interfacesOf, networkOf } from '../whole.ts'
import type { NatSpec, PortForward } from './spec.ts'
import { uplinkChains, uplinkMaps } from './uplinks.ts'

const isRange = ({ port, endPort = port, guestPort = port }: PortForward): boolean =>
  endPort > port && guestPort === port

/** One element per port: nft would send all ports of a shifted range to its first. */
const portElements = (forwards: readonly PortForward[]): readonly MapElement[] => {
  const elements: MapElement[] = []
  for (const forward of forwards) {
    const { address, protocol, port, endPort = port, guest, guestPort = port } = forward
    if (isRange(forward)) continue
    for (let offset = 0; offset <= endPort - port; offset++)
      elements.push([
        [address, protocol, port + offset],
        [guest, guestPort + offset],
      ])
  }
  return elements
}

/** A range that keeps its ports stays one element. */
const rangeElements = (forwards: readonly PortForward[]): readonly MapElement[] =>
  forwards
    .filter(isRange)
    .map(({ address, protocol, port, endPort, guest }) => [[address, protocol, `${port}-${endPort}`], guest])

/** Guests that come back to their own network through a public address, and the router's address they do it by. */
const hairpins = (whole: SpecEnvelope): readonly MapElement[] =>
  interfacesOf(whole, 'guest').flatMap(({ device, addresses }) =>
    addresses
      // The first address of a network is the guests' gateway.
      .filter((cidr, index) => !addresses.slice(0, index).some((earlier) => overlaps(earlier, cidr)))
      .map((cidr): MapElement => [[device, networkOf(cidr)], addressOf(cidr)]),
  )

const maps = ({ source, static: fixed, forwards }: NatSpec, whole: SpecEnvelope): readonly NamedMap[] => [
  {
    name: 'forwards',
    key: ['ipv4_addr', 'inet_proto', 'inet_service'],
    value: ['ipv4_addr', 'inet_service'],
    elements: portElements(forwards),
  },
  {
    name: 'forwarded_ranges',
    key: ['ipv4_addr', 'inet_proto', 'inet_service'],
    value: ['ipv4_addr'],
    interval: true,
    elements: rangeElements(forwards),
  },
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

/**
 * By the address alone, not by where a packet came in: so guests and the router itself reach what they forward, too.
 */
const inward: readonly Rule[] = [
  ...['forwards', 'forwarded_ranges'].map(
    (map): Rule => ({
      protocol: ['tcp', 'udp'],
      jump: { target: 'DNAT', to: { key: ['destination', 'protocol', 'destinationPort'], map } },
    }),
  ),
  { jump: { target: 'DNAT', to: { key: ['destination'], map: 'static_in' } } },
]

const outward: readonly Rule[] = [
  // Else the other guest would answer past the router, from an address that nobody asked.
  { status: 'dnat', jump: { target: 'SNAT', to: { key: ['out', 'source'], map: 'hairpins' } } },
  ...['static_out', 'source_nat'].map(
    (map): Rule => ({ jump: { target: 'SNAT', to: { key: ['out', 'source'], map } } }),
  ),
]

const chains: readonly Chain[] = [
  { name: 'prerouting', hook: { type: 'nat', at: 'prerouting', priority: 'dstnat' }, rules: inward },
  { name: 'output', hook: { type: 'nat', at: 'output', priority: 'dstnat' }, rules: inward },
  { name: 'postrouting', hook: { type: 'nat', at: 'postrouting', priority: 'srcnat' }, rules: outward },
]

/** A few rules and maps: what a connection costs does not grow with the networks, addresses or ports. */
export const render = (spec: NatSpec, whole: SpecEnvelope): Rendered => ({
  files: [],
  ruleset: {
    tables: [
      {
        family: 'ip',
        name: 'sysvm_nat',
        maps: [...maps(spec, whole), ...uplinkMaps(spec, whole)],
        chains: [...chains, ...uplinkChains(whole)],
      },
    ],
  },
})
