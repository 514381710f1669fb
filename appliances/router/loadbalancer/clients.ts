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

const listenerOf = ({ address, port, protocol }: Rule): readonly Scalar[] => [
  address,
  protocol === 'udp' ? 'udp' : 'tcp',
  port,
]

const filters: readonly Filter[] = [
  {
    protocol: ['tcp', 'udp'],
    lookup: { key: ['destination', 'protocol', 'destinationPort'], set: 'restricted' },
    jump: { target: 'JUMP', chain: 'restricted' },
  },
]

const restricted: readonly Filter[] = [
  {
    protocol: ['tcp', 'udp'],
    lookup: { key: ['destination', 'protocol', 'destinationPort', 'source'], set: 'allowed' },
    jump: 'RETURN',
  },
  { counter: 'refused', jump: 'DROP' },
]

/**
 * Allow lists of rules. They are asked for every packet, not for new connections only, so that whoever is taken off a
 * list is out at once; of a rule without one nothing is asked.
 */
export const clientTables = ({ rules }: LoadBalancerSpec): readonly Table[] => {
  const limited = rules.filter(({ allow }) => allow.length > 0)
  if (limited.length === 0) return []
  return [
    {
      family: 'ip',
      name: 'sysvm_lb_clients',
      counters: ['refused'],
      sets: [
        { name: 'restricted', key: ['ipv4_addr', 'inet_proto', 'inet_service'], elements: limited.map(listenerOf) },
        {
          name: 'allowed',
          key: ['ipv4_addr', 'inet_proto', 'inet_service', 'ipv4_addr'],
          interval: true,
          elements: limited.flatMap((rule) =>
            clientNetworks(rule.allow).map((network) => [...listenerOf(rule), network]),
          ),
        },
      ],
      chains: [
        { name: 'clients', hook: { type: 'filter', at: 'prerouting', priority: 'mangle' }, rules: filters },
        { name: 'restricted', rules: restricted },
      ],
    },
  ]
}
