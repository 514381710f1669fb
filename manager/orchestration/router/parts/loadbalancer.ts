import type { RouterServices } from '@sysvm/router/spec'
import { gives, type RouterBase, type RouterNetwork } from '../base.ts'
import { healthCheckOf, stickinessOf } from './loadbalancer-policy.ts'
import { type LoadBalancerRows, type MemberRow, type RuleRow, readLoadBalancer } from './loadbalancer-rows.ts'
import { statisticsOf } from './loadbalancer-statistics.ts'
import type { RouterPart } from './part.ts'

type Spec = NonNullable<RouterServices['loadbalancer']>
type Rule = Spec['rules'][number]

/** Where clients come to; undefined while the machine does not have that address. */
const listenOf = (base: RouterBase, rule: RuleRow): string | undefined => {
  if (rule.address !== null) return base.addresses.find(({ address }) => address === rule.address)?.address
  const tier = base.networks.find(({ id }) => id === rule.source_network)
  return tier && (rule.source_address ?? undefined)
}

/** Members that run; one that stops or goes takes no connections from then on. */
const membersOf = (base: RouterBase, rule: RuleRow, members: readonly MemberRow[]): Rule['members'] =>
  members.flatMap(({ rule: id, nic, secondary, address }) => {
    const guest = base.guests.find((one) => one.nic === nic)
    if (id !== rule.id || guest === undefined) return []
    return [
      {
        id: secondary ?? nic,
        address: address ?? guest.address,
        port: rule.private_port,
        weight: 100,
        state: 'ready' as const,
      },
    ]
  })

/** CloudStack lets a rule of tcp have cookies: then its connections are read as HTTP. */
const protocolOf = ({ protocol, method }: RuleRow): Rule['protocol'] =>
  protocol === 'tcp' && (method === 'LbCookie' || method === 'AppCookie') ? 'http' : protocol

/** UDP has no table of clients: the same address always goes to the same member instead. */
const algorithmOf = ({ protocol, algorithm, method }: RuleRow): Rule['algorithm'] =>
  protocol === 'udp' && method !== null ? 'source' : algorithm

const timeoutsOf = ({ protocol, timeouts }: RuleRow, idleMs: number): Rule['timeouts'] =>
  protocol === 'udp' || (idleMs === 0 && Object.keys(timeouts).length === 0)
    ? undefined
    : { ...(idleMs > 0 && { client: idleMs, server: idleMs }), ...timeouts }

const ruleOf = (base: RouterBase, network: RouterNetwork, rule: RuleRow, rows: LoadBalancerRows): Rule | undefined => {
  const address = listenOf(base, rule)
  const certificates = rows.assigned.filter((one) => one.rule === rule.id).map(({ cert }) => cert)
  // Without a certificate there is nothing to show to clients.
  if (address === undefined || (rule.protocol === 'ssl' && certificates.length === 0)) return undefined
  const stickiness = rule.protocol === 'udp' ? undefined : stickinessOf(rule)
  const check = healthCheckOf(rule)
  const timeouts = timeoutsOf(rule, rows.idleMs)
  return {
    id: rule.id,
    device: network.device,
    address,
    port: rule.public_port,
    protocol: protocolOf(rule),
    algorithm: algorithmOf(rule),
    members: membersOf(base, rule, rows.members),
    certificates: rule.protocol === 'ssl' ? certificates : [],
    ...(stickiness && { stickiness }),
    ...(check && { check }),
    ...(Object.keys(rule.limits).length > 0 && { limits: rule.limits }),
    ...(timeouts && { timeouts }),
    allow: rule.cidrs.includes('0.0.0.0/0') ? [] : rule.cidrs,
  }
}

export const loadbalancer: RouterPart<'loadbalancer', LoadBalancerRows> = {
  name: 'loadbalancer',
  read: readLoadBalancer,
  spec: (base, rows) => {
    const rules = rows.rules.flatMap((row) => {
      const network = base.networks.find(({ id }) => id === row.network)
      const rule = network && gives(network, 'Lb') ? ruleOf(base, network, row, rows) : undefined
      return rule === undefined ? [] : [rule]
    })
    if (rules.length === 0) return undefined
    const used = new Set(rules.flatMap(({ certificates }) => certificates))
    const statistics = statisticsOf(base, rows.statistics, rules)
    return {
      rules,
      certificates: rows.certificates.filter(({ id }) => used.has(id)),
      ...(statistics && { statistics }),
      maxConnections: rows.maxConnections,
    }
  },
}
