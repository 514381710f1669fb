import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import type { Chain, MapElement, NamedMap, Rule } from 'node-iptables'
import { isOpen, joinParts, listParts, type Parts } from '../firewall/list.ts'
import { chainFrom, chainTo } from '../firewall/networks.ts'
import { servicesOf } from '../whole.ts'
import { listenersOf } from './listeners.ts'
import { type Sided, sidesOf } from './sides.ts'
import type { AclSpec } from './spec.ts'

const verdicts = {
  ingress: { allow: 'RETURN', deny: { target: 'GOTO', chain: 'acl_ingress_denied' } },
  egress: { allow: 'RETURN', deny: { target: 'GOTO', chain: 'acl_egress_denied' } },
} as const

const jump = (name: string, chain: string): MapElement => [name, { target: 'JUMP', chain }]

const dispatch = (name: string, elements: readonly MapElement[]): NamedMap => ({
  name,
  key: ['ifname'],
  value: 'verdict',
  elements,
})

const deniedChain = (side: 'ingress' | 'egress'): Chain => ({
  name: `acl_${side}_denied`,
  rules: [{ counter: `acl_${side}_dropped`, jump: 'DROP' }],
})

/** Listeners of the load balancer on the router: the ACLs of the client's tier and of the tier that is balanced decide. */
const balanced = (sided: readonly Sided[], whole: SpecEnvelope): Parts => {
  if (servicesOf(whole).loadbalancer === undefined) return { maps: [], sets: [], chains: [] }
  const filtered = new Set(sided.filter(({ to }) => !isOpen(to.list)).map(({ device }) => device))
  const listeners = listenersOf(whole)
    .filter(({ device }) => filtered.has(device))
    .map(
      ({ address, port, device }): MapElement => [[address, 'tcp', port], { target: 'JUMP', chain: chainTo(device) }],
    )
  const rules: readonly Rule[] = [
    { jump: { target: 'LOOKUP', key: ['in'], map: 'leaving' } },
    {
      protocol: 'tcp',
      jump: { target: 'LOOKUP', key: ['destination', 'protocol', 'destinationPort'], map: 'lb_acl' },
    },
  ]
  return {
    maps: [{ name: 'lb_acl', key: ['ipv4_addr', 'inet_proto', 'inet_service'], value: 'verdict', elements: listeners }],
    sets: [],
    chains: [{ name: 'balanced_acl', rules }],
  }
}

/** Lists in the filter's table: its forward chain asks `leaving` for the device a packet comes from, then `entering`. */
export const render = (spec: AclSpec, whole: SpecEnvelope): Rendered => {
  const sided = sidesOf(spec, whole)
  const leaving = sided.filter(({ from }) => !isOpen(from.list))
  const entering = sided.filter(({ to }) => !isOpen(to.list))
  const parts = joinParts([
    ...leaving.map(({ device, from }) => listParts(chainFrom(device), from.list, verdicts[from.side])),
    ...entering.map(({ device, to }) => listParts(chainTo(device), to.list, verdicts[to.side])),
    balanced(sided, whole),
  ])
  return {
    files: [],
    ruleset: {
      tables: [
        {
          family: 'inet',
          name: 'sysvm_filter',
          counters: ['acl_ingress_dropped', 'acl_egress_dropped'],
          sets: parts.sets,
          maps: [
            dispatch(
              'leaving',
              leaving.map(({ device }) => jump(device, chainFrom(device))),
            ),
            dispatch(
              'entering',
              entering.map(({ device }) => jump(device, chainTo(device))),
            ),
            ...parts.maps,
          ],
          chains: [deniedChain('ingress'), deniedChain('egress'), ...parts.chains],
        },
      ],
    },
  }
}
