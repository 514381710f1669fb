import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { NamedSet, Scalar, Table } from 'node-iptables'
import { addressOf, interfacesOf, METADATA_ADDRESS, networkOf, servicesOf } from '../whole.ts'
import { joinParts } from './list.ts'
import { ingressOf, networkParts } from './networks.ts'
import { publicParts } from './public.ts'
import { answerRules, balancedRules, forwardRules, inputRules, type Sides, sourceRules } from './rules.ts'
import type { FirewallSpec } from './spec.ts'

/** Sources and destinations that no public network carries (RFC 6890), where private ranges may well be public. */
const martians = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4']

interface Gateway {
  readonly device: string
  readonly address: string
}

const gatewaysOf = (whole: SpecEnvelope): readonly Gateway[] =>
  interfacesOf(whole, 'guest').flatMap(({ device, addresses }) =>
    [...addresses.map(addressOf), METADATA_ADDRESS].map((address) => ({ device, address })),
  )

/** What guests may ask of the router, at which of its addresses. */
const guestServices = (whole: SpecEnvelope): readonly (readonly Scalar[])[] => {
  const { dns, metadata } = servicesOf(whole)
  return gatewaysOf(whole).flatMap(({ device, address }) => [
    ...(dns?.views.some(({ listen }) => listen.includes(address)) === true
      ? [
          [device, address, 'tcp', 53],
          [device, address, 'udp', 53],
        ]
      : []),
    ...(metadata !== undefined && (address === METADATA_ADDRESS || metadata.listen.includes(address))
      ? [[device, address, 'tcp', 80]]
      : []),
  ])
}

const guestSources = (whole: SpecEnvelope): readonly (readonly Scalar[])[] =>
  interfacesOf(whole, 'guest').flatMap(({ device, addresses }) => addresses.map((cidr) => [device, networkOf(cidr)]))

/** Empty here: what other services need, they add by chains of these names. */
const extensions = ['source_services', 'input_services', 'forward_services'].map((name) => ({ name, rules: [] }))

const counters = ['spoofed', 'to_control', 'invalid', 'input_dropped', 'forward_dropped']

/** Clients of the load balancer that its rules allow; its own part of the ruleset fills the set. */
const listeners: NamedSet = {
  name: 'lb_listeners',
  key: ['ipv4_addr', 'inet_proto', 'inet_service', 'ipv4_addr'],
  interval: true,
  elements: [],
}

const baseSets = (whole: SpecEnvelope): readonly NamedSet[] => [
  { name: 'martians', key: ['ipv4_addr'], interval: true, elements: martians },
  { name: 'guest_sources', key: ['ifname', 'ipv4_addr'], interval: true, elements: guestSources(whole) },
  {
    name: 'guest_gateways',
    key: ['ifname', 'ipv4_addr'],
    elements: gatewaysOf(whole).map(({ device, address }) => [device, address]),
  },
  {
    name: 'guest_services',
    key: ['ifname', 'ipv4_addr', 'inet_proto', 'inet_service'],
    elements: guestServices(whole),
  },
]

/** The baseline of a router, which follows from its interfaces' roles, and in it the rules of users. */
export const render = (spec: FirewallSpec, whole: SpecEnvelope): Rendered => {
  const devices = (role: keyof Sides): readonly string[] => interfacesOf(whole, role).map(({ device }) => device)
  const sides: Sides = {
    control: devices('control'),
    guest: devices('guest'),
    public: devices('public'),
    private: devices('private'),
  }
  const { acl, dhcp, loadbalancer, vpn } = servicesOf(whole)
  const byAcl = new Set(acl?.devices.map(({ device }) => device))
  const own = sides.guest.filter((device) => !byAcl.has(device))
  const governed = {
    translated: sides.public.length === 0 ? [] : own,
    listed: sides.guest.filter((device) => byAcl.has(device) || ingressOf(spec, device) !== undefined),
  }
  const balancer = loadbalancer !== undefined
  const asked = { dhcp: dhcp !== undefined, balancer, addresses: spec.addresses.length > 0 }
  const parts = joinParts([publicParts(spec, vpn !== undefined), networkParts(spec, own)])
  const table: Table = {
    family: 'inet',
    name: 'sysvm_filter',
    counters: [...counters, 'ingress_dropped', 'egress_dropped', 'routed_dropped'],
    sets: [...baseSets(whole), ...(balancer ? [listeners] : []), ...parts.sets],
    maps: parts.maps,
    chains: [
      ...extensions,
      ...(vpn === undefined ? [] : [{ name: 'public_services', rules: [] }]),
      ...parts.chains,
      ...(balancer
        ? [
            { name: 'balanced_acl', rules: [] },
            { name: 'balanced', rules: balancedRules },
          ]
        : []),
      { name: 'source', hook: { type: 'filter', at: 'prerouting', priority: 'raw' }, rules: sourceRules(sides) },
      { name: 'answers', hook: { type: 'filter', at: 'output', priority: 'raw' }, rules: answerRules(sides) },
      {
        name: 'input',
        hook: { type: 'filter', at: 'input', priority: 'filter', policy: 'drop' },
        rules: inputRules(sides, asked),
      },
      {
        name: 'forward',
        hook: { type: 'filter', at: 'forward', priority: 'filter', policy: 'drop' },
        rules: forwardRules(sides, governed),
      },
    ],
  }
  return { files: [], ruleset: { tables: [table] } }
}
