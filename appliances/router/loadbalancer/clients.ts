import { parseCidr, toNumber } from '@sysvm/agent/spec'
import type { Rule as Filter, Scalar, Table } from 'node-iptables'
import { networkOf } from '../whole.ts'
import type { LoadBalancerSpec, Rule } from './spec.ts'

/** Networks of which none holds another: netfilter's sets refuse those that do. All addresses where none is named. */
export const clientNetworks = (allow: readonly string[]): readonly string[] => {
  if (allow.length === 0) return ['0.0.0.0/0']
  const networks = [...new Set(allow.map(networkOf))]
    .map((cidr) => ({ cidr, ...parseCidr(cidr) }))
    .toSorted((a, b) => toNumber(a.network) - toNumber(b.network) || a.prefix - b.prefix)
  let last = -1
  return networks.flatMap(({ cidr, last: end }) => {
    if (end <= last) return []
    last = end
    return [cidr]
  })
}

const KEY = ['destination', 'protocol', 'destinationPort'] as const

const keyOf = ({ address, port, protocol }: Rule): readonly Scalar[] => [
  address,
  protocol === 'udp' ? 'udp' : 'tcp',
  port,
]

/** Of the set of a rule's clients, and of the chain that asks it. */
const nameOf = (rule: Rule): string => `clients_${keyOf(rule).join('_').replaceAll('.', '_')}`

export const CLIENTS_TABLE = 'sysvm_lb_clients'

/**
 * Allow lists of rules, a set each: networks as a part of a longer key take the kernel a time that grows with the square
 * of their number. They are asked for every packet, not for new connections only, so that whoever is taken off a list is
 * out at once; of a rule without one nothing is asked.
 */
export const clientTables = ({ rules }: LoadBalancerSpec): readonly Table[] => {
  const limited = rules.filter(({ allow }) => allow.length > 0)
  if (limited.length === 0) return []
  return [
    {
      family: 'ip',
      name: CLIENTS_TABLE,
      counters: ['refused'],
      maps: [
        {
          name: 'restricted',
          key: ['ipv4_addr', 'inet_proto', 'inet_service'],
          value: 'verdict',
          elements: limited.map((rule) => [keyOf(rule), { target: 'GOTO', chain: nameOf(rule) }]),
        },
      ],
      sets: limited.map((rule) => ({
        name: nameOf(rule),
        key: ['ipv4_addr'],
        interval: true,
        elements: clientNetworks(rule.allow),
      })),
      chains: [
        {
          name: 'clients',
          hook: { type: 'filter', at: 'prerouting', priority: 'mangle' },
          rules: [{ protocol: ['tcp', 'udp'], jump: { target: 'LOOKUP', key: KEY, map: 'restricted' } }],
        },
        ...limited.map((rule) => ({
          name: nameOf(rule),
          rules: [
            { source: { set: nameOf(rule) }, jump: 'RETURN' },
            { counter: 'refused', jump: 'DROP' },
          ] satisfies readonly Filter[],
        })),
      ],
    },
  ]
}
