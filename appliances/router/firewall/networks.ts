import type { MapElement, Rule } from 'node-iptables'
import { isOpen, joinParts, listParts, type Parts } from './list.ts'
import type { FilterList } from './rule.ts'
import type { FirewallSpec } from './spec.ts'

/** Chains are named by their device: what comes from it, and what goes to it. */
export const chainFrom = (device: string): string => `from_${device}`
export const chainTo = (device: string): string => `to_${device}`

const egressVerdicts = { allow: 'RETURN', deny: { target: 'GOTO', chain: 'egress_denied' } } as const
const ingressVerdicts = { allow: 'RETURN', deny: { target: 'GOTO', chain: 'routed_denied' } } as const

const jump = (device: string, chain: string): MapElement => [device, { target: 'JUMP', chain }]

/** What each guest device may send: its own list, or the default. */
export const egressOf = ({ egress, networks }: FirewallSpec, device: string): FilterList =>
  networks.find((network) => network.device === device)?.egress ?? { rules: [], otherwise: egress }

export const ingressOf = ({ networks }: FirewallSpec, device: string): FilterList | undefined =>
  networks.find((network) => network.device === device)?.ingress

const counted = (counter: string): readonly Rule[] => [{ counter, jump: 'DROP' }]

/** Lists of the guest devices that the firewall governs, and the maps that lead to them. */
export const networkParts = (spec: FirewallSpec, devices: readonly string[]): Parts => {
  const leaving = devices.filter((device) => !isOpen(egressOf(spec, device)))
  const entering = devices.filter((device) => ingressOf(spec, device) !== undefined)
  const lists = joinParts([
    ...leaving.map((device) => listParts(chainFrom(device), egressOf(spec, device), egressVerdicts)),
    ...entering.map((device) =>
      listParts(chainTo(device), ingressOf(spec, device) ?? { rules: [], otherwise: 'deny' }, ingressVerdicts),
    ),
  ])
  return {
    ...lists,
    maps: [
      {
        name: 'leaving',
        key: ['ifname'],
        value: 'verdict',
        elements: leaving.map((device) => jump(device, chainFrom(device))),
      },
      {
        name: 'entering',
        key: ['ifname'],
        value: 'verdict',
        elements: entering.map((device) => jump(device, chainTo(device))),
      },
      ...lists.maps,
    ],
    chains: [
      ...lists.chains,
      { name: 'egress_denied', rules: counted('egress_dropped') },
      { name: 'routed_denied', rules: counted('routed_dropped') },
    ],
  }
}
