import { networksOfRange, type SpecEnvelope } from '@sysvm/agent/spec'
import type { Rule, Ruleset, Table } from 'node-iptables'
import { networkSet, ownServers } from '../pool.ts'
import { interfacesOf, servicesOf } from '../whole.ts'
import { DEVICE, MTU } from './names.ts'
import type { WireGuardSpec } from './spec.ts'

/** What a guest may put into one segment to a client: the tunnel's packet less IP and TCP. `rt mtu` sees the guest's device. */
const INWARD_SEGMENT = MTU - 40

/** Who has a client's address comes by the tunnel, and nobody else does. */
const sourceRules: readonly Rule[] = [
  { in: DEVICE, source: { notSet: 'wireguard_remote' }, counter: 'wireguard_spoofed', jump: 'DROP' },
  { in: DEVICE, jump: 'RETURN' },
  { source: { set: 'wireguard_remote' }, counter: 'wireguard_spoofed', jump: 'DROP' },
]

/** Handshakes and what is in the tunnel come from anywhere; and what clients ask the router. */
const inputRules = ({ address, port, dns }: WireGuardSpec, whole: SpecEnvelope): readonly Rule[] => {
  const own = ownServers(dns, whole)
  return [
    { destination: address, protocol: 'udp', destinationPort: port, jump: 'ACCEPT' },
    ...(own.length === 0
      ? []
      : [{ in: DEVICE, destination: own, protocol: ['tcp', 'udp'], destinationPort: 53, jump: 'ACCEPT' } as const]),
  ]
}

const inner = { source: { set: 'wireguard_remote' }, destination: { set: 'wireguard_local' } } as const
const outer = { source: { set: 'wireguard_local' }, destination: { set: 'wireguard_remote' } } as const

const outwardRules: readonly Rule[] = [
  { out: DEVICE, jump: 'ACCEPT' },
  { destination: { set: 'wireguard_remote' }, counter: 'wireguard_unprotected', jump: 'DROP' },
]

/** Before the firewall: from a client to guests alone, and to a client by the tunnel or not at all. */
const guardRules = (whole: SpecEnvelope): readonly Rule[] => {
  const guests = interfacesOf(whole, 'guest').map(({ device }) => device)
  return [
    {
      in: DEVICE,
      ...(guests.length === 0 ? {} : { out: { not: guests } }),
      counter: 'wireguard_astray',
      jump: 'DROP',
    },
    { in: DEVICE, jump: { target: 'TCPMSS', size: INWARD_SEGMENT } },
    { out: DEVICE, jump: { target: 'TCPMSS' } },
    ...outwardRules,
  ]
}

export const rulesetOf = (spec: WireGuardSpec, whole: SpecEnvelope): Ruleset => {
  const sets = [networkSet('wireguard_local', spec.subnets), networkSet('wireguard_remote', networksOfRange(spec.pool))]
  const filter: Table = {
    family: 'inet',
    name: 'sysvm_filter',
    counters: ['wireguard_astray', 'wireguard_spoofed', 'wireguard_unprotected'],
    sets,
    chains: [
      { name: 'source_services', rules: sourceRules },
      { name: 'input_services', rules: inputRules(spec, whole) },
      // After the ACLs of the tiers, which decide about clients as about everybody else.
      {
        name: 'forward_services',
        rules: [
          { ...inner, in: DEVICE, jump: 'ACCEPT' },
          { ...outer, out: DEVICE, jump: 'ACCEPT' },
        ],
      },
      {
        name: 'wireguard_guard',
        hook: { type: 'filter', at: 'forward', priority: -1 },
        rules: guardRules(whole),
      },
      { name: 'wireguard_own_guard', hook: { type: 'filter', at: 'output', priority: -1 }, rules: outwardRules },
    ],
  }
  const translation: Table = {
    family: 'ip',
    name: 'sysvm_nat',
    sets,
    chains: [{ name: 'untranslated', rules: [{ ...outer, jump: 'ACCEPT' }] }],
  }
  return { tables: [filter, ...(servicesOf(whole).nat === undefined ? [] : [translation])] }
}
