import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { Scalar } from 'node-iptables'
import { addressOf, interfacesOf, METADATA_ADDRESS, networkOf, servicesOf } from '../whole.ts'
import { answerRules, forwardRules, inputRules, type Sides, sourceRules } from './rules.ts'
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

/** The baseline of a router, which follows from its interfaces' roles. */
export const render = ({ egress }: FirewallSpec, whole: SpecEnvelope): Rendered => {
  const devices = (role: keyof Sides): readonly string[] => interfacesOf(whole, role).map(({ device }) => device)
  const sides: Sides = { control: devices('control'), guest: devices('guest'), public: devices('public') }
  const dhcp = servicesOf(whole).dhcp !== undefined
  return {
    files: [],
    ruleset: {
      tables: [
        {
          family: 'inet',
          name: 'sysvm_filter',
          counters: ['spoofed', 'to_control', 'invalid', 'input_dropped', 'forward_dropped'],
          sets: [
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
          ],
          chains: [
            {
              name: 'source',
              hook: { type: 'filter', at: 'prerouting', priority: 'raw' },
              rules: sourceRules(sides),
            },
            {
              name: 'answers',
              hook: { type: 'filter', at: 'output', priority: 'raw' },
              rules: answerRules(sides),
            },
            {
              name: 'input',
              hook: { type: 'filter', at: 'input', priority: 'filter', policy: 'drop' },
              rules: inputRules(sides, dhcp),
            },
            {
              name: 'forward',
              hook: { type: 'filter', at: 'forward', priority: 'filter', policy: 'drop' },
              rules: forwardRules(sides, egress),
            },
          ],
        },
      ],
    },
  }
}
