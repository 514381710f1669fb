import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { Rule, Ruleset, Scalar } from 'node-iptables'
import { addressOf, networkOf6, servicesOf } from '../whole.ts'
import { asking, type Interface6, sideOf } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'

const LINK_LOCAL = 'fe80::/10'

const devicesOf = (nics: readonly Interface6[]): readonly string[] => nics.map(({ device }) => device)

/** Only where there are devices: an empty list matches nothing. */
const from = (nics: readonly Interface6[], ...rules: readonly Omit<Rule, 'in'>[]): readonly Rule[] =>
  nics.length === 0 ? [] : rules.map((rule) => ({ in: devicesOf(nics), ...rule }))

const gateways = (nics: readonly Interface6[]): readonly (readonly Scalar[])[] =>
  nics.flatMap(({ device, addresses }) => addresses.map((cidr) => [device, addressOf(cidr)]))

/** What guests may ask of the router's IPv6 addresses. */
const services = (guests: readonly Interface6[], whole: SpecEnvelope): readonly (readonly Scalar[])[] => {
  const listen = new Set((servicesOf(whole).dns?.views ?? []).flatMap((view) => view.listen))
  return guests.flatMap(({ device, addresses }) =>
    addresses
      .map(addressOf)
      .filter((address) => listen.has(address))
      .flatMap((address) => [
        [device, address, 'tcp', 53],
        [device, address, 'udp', 53],
      ]),
  )
}

/** Neighbours find each other and the way to the network; RFC 4890, section 4.4.1. */
const neighbours: readonly Omit<Rule, 'in'>[] = [
  { icmpv6Type: ['nd-neighbor-solicit', 'nd-neighbor-advert'], jump: 'ACCEPT' },
]

const ping: Omit<Rule, 'in'> = {
  icmpv6Type: 'echo-request',
  limit: { rate: 100, per: 'second', burst: 200 },
  jump: 'ACCEPT',
}

/**
 * The IPv6 part of the baseline, in the chains that the firewall keeps for services: guests speak from their own
 * network or link, and ask the router for routes, addresses and names; what passes through it is the firewall's.
 */
export const ruleset = (spec: Ipv6Spec, whole: SpecEnvelope): Ruleset => {
  const guests = sideOf(spec, whole, 'guest')
  const publics = sideOf(spec, whole, 'public')
  return {
    tables: [
      {
        family: 'inet',
        name: 'sysvm_filter',
        counters: ['spoofed'],
        sets: [
          {
            name: 'guest_sources6',
            key: ['ifname', 'ipv6_addr'],
            interval: true,
            elements: guests.flatMap(({ device, addresses }) => [
              [device, LINK_LOCAL],
              // A guest that makes sure that nobody has its address yet.
              [device, '::'],
              ...addresses.map((cidr) => [device, networkOf6(cidr)]),
            ]),
          },
          { name: 'guest_gateways6', key: ['ifname', 'ipv6_addr'], elements: gateways(guests) },
          {
            name: 'guest_services6',
            key: ['ifname', 'ipv6_addr', 'inet_proto', 'inet_service'],
            elements: services(guests, whole),
          },
        ],
        chains: [
          {
            name: 'source_services',
            rules: from(guests, {
              lookup: { key: ['in', 'source'], set: 'guest_sources6', not: true },
              counter: 'spoofed',
              jump: 'DROP',
            }),
          },
          {
            name: 'input_services',
            rules: [
              ...from([...guests, ...publics], ...neighbours),
              ...from(
                guests,
                { icmpv6Type: 'nd-router-solicit', jump: 'ACCEPT' },
                {
                  protocol: ['tcp', 'udp'],
                  lookup: { key: ['in', 'destination', 'protocol', 'destinationPort'], set: 'guest_services6' },
                  jump: 'ACCEPT',
                },
                { lookup: { key: ['in', 'destination'], set: 'guest_gateways6' }, ...ping },
                { destination: LINK_LOCAL, ...ping },
              ),
              ...from(publics, { destination: LINK_LOCAL, ...ping }),
              ...from(asking(spec), {
                protocol: 'udp',
                source: LINK_LOCAL,
                sourcePort: 546,
                destinationPort: 547,
                jump: 'ACCEPT',
              }),
            ],
          },
        ],
      },
    ],
  }
}
