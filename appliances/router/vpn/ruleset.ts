import { networksOfRange, type SpecEnvelope } from '@sysvm/agent/spec'
import type { Chain, Rule, Ruleset, Table } from 'node-iptables'
import { networkSet, ownServers } from '../pool.ts'
import { interfacesOf, servicesOf } from '../whole.ts'
import { remoteOf } from './flows.ts'
import { DEVICES, MTU, PORT } from './l2tp/names.ts'
import type { L2tp } from './l2tp/spec.ts'
import { TUNNEL_DEVICE } from './names.ts'
import type { RemoteAccess } from './remoteaccess/spec.ts'
import type { VpnSpec } from './spec.ts'
import { wantsCharon } from './wants.ts'

/** IKE, and IKE and ESP behind a NAT (RFC 3948). */
const IKE_PORTS = [500, 4500]

/**
 * What a guest may put into one segment to the other site: 1,500 bytes less IP, ESP in UDP with its longest padding and
 * checksum, IP and TCP, which is what `ipsec0` carries, too. `rt mtu` would see the guest's device.
 */
const INWARD_SEGMENT = 1360

/** The same into a session of L2TP: less IP and TCP. */
const L2TP_SEGMENT = MTU - 40

const inner = { source: { set: 'vpn_remote' }, destination: { set: 'vpn_local' } } as const
const outer = { source: { set: 'vpn_local' }, destination: { set: 'vpn_remote' } } as const

/** What comes from another site comes through a tunnel, and nothing else does; of clients of L2TP each has one address. */
const sourceRules = (l2tp: L2tp | undefined): readonly Rule[] => [
  ...(l2tp === undefined
    ? []
    : ([
        { in: DEVICES, reversePath: 'missing', counter: 'vpn_spoofed', jump: 'DROP' },
        { in: DEVICES, jump: 'RETURN' },
      ] as const)),
  { in: TUNNEL_DEVICE, source: { notSet: 'vpn_remote' }, counter: 'vpn_spoofed', jump: 'DROP' },
  { in: TUNNEL_DEVICE, jump: 'RETURN' },
  { source: { set: 'vpn_remote' }, policyIn: 'none', counter: 'vpn_spoofed', jump: 'DROP' },
]

const peers = { lookup: { key: ['source', 'destination'], set: 'vpn_peers' } } as const
const peerRules: readonly Rule[] = [
  { protocol: 'udp', destinationPort: IKE_PORTS, ...peers, jump: 'ACCEPT' },
  { protocol: 'esp', ...peers, jump: 'ACCEPT' },
]

/** What people's machines ask the router itself; none where it has no name server for them. */
const questionsOf = ({ pool, dns }: Pick<RemoteAccess, 'pool' | 'dns'>, whole: SpecEnvelope) => {
  const own = ownServers(dns, whole)
  return own.length === 0
    ? undefined
    : ({ source: networksOfRange(pool), destination: own, protocol: ['tcp', 'udp'], destinationPort: 53 } as const)
}

/** Of people's machines, which come from anywhere: in UDP only, as charon has them do; and what these ask the router. */
const clientRules = (access: RemoteAccess | undefined, whole: SpecEnvelope): readonly Rule[] => {
  if (access === undefined) return []
  const asked = questionsOf(access, whole)
  return [
    { destination: access.address, protocol: 'udp', destinationPort: IKE_PORTS, jump: 'ACCEPT' },
    ...(asked === undefined
      ? []
      : ([
          { ...asked, in: TUNNEL_DEVICE, jump: 'ACCEPT' },
          { ...asked, policyIn: 'ipsec', jump: 'ACCEPT' },
        ] as const)),
  ]
}

/** Old clients: IKE, ESP with or without UDP, and L2TP, which nobody gets to but through IPsec. */
const l2tpRules = (l2tp: L2tp | undefined, whole: SpecEnvelope): readonly Rule[] => {
  if (l2tp === undefined) return []
  const { address: destination } = l2tp
  const asked = questionsOf(l2tp, whole)
  return [
    { destination, protocol: 'udp', destinationPort: IKE_PORTS, jump: 'ACCEPT' },
    { destination, protocol: 'esp', jump: 'ACCEPT' },
    { destination, protocol: 'udp', destinationPort: PORT, policyIn: 'ipsec', jump: 'ACCEPT' },
    ...(asked === undefined ? [] : [{ ...asked, in: DEVICES, jump: 'ACCEPT' } as const]),
  ]
}

/** After the ACLs of the tiers, which decide about tunnels as about everything else. */
const forwardRules = (l2tp: L2tp | undefined): readonly Rule[] => [
  ...(l2tp === undefined
    ? []
    : ([
        { ...inner, in: DEVICES, jump: 'ACCEPT' },
        { ...outer, out: DEVICES, jump: 'ACCEPT' },
      ] as const)),
  { ...inner, in: TUNNEL_DEVICE, jump: 'ACCEPT' },
  { ...inner, policyIn: 'ipsec', jump: 'ACCEPT' },
  { ...outer, out: TUNNEL_DEVICE, jump: 'ACCEPT' },
  { ...outer, policyOut: 'ipsec', jump: 'ACCEPT' },
]

/**
 * What comes out of a tunnel ends at guests. For a local network that no device has now there is a default route, and the
 * sender chose the source.
 */
const inwardRules = (whole: SpecEnvelope, l2tp: L2tp | undefined): readonly Rule[] => {
  const guests = interfacesOf(whole, 'guest').map(({ device }) => device)
  const astray = {
    ...(guests.length === 0 ? {} : { out: { not: guests } }),
    counter: 'vpn_astray',
    jump: 'DROP',
  } as const
  return [
    { in: TUNNEL_DEVICE, ...astray },
    { policyIn: 'ipsec', ...astray },
    ...(l2tp === undefined ? [] : [{ in: DEVICES, ...astray }]),
  ]
}

const outwardRules = (l2tp: L2tp | undefined): readonly Rule[] => [
  ...(l2tp === undefined ? [] : [{ out: DEVICES, jump: 'ACCEPT' } as const]),
  { out: TUNNEL_DEVICE, jump: 'ACCEPT' },
  { destination: { set: 'vpn_remote' }, policyOut: 'none', counter: 'vpn_unprotected', jump: 'DROP' },
]

/** Before the firewall: what is for another site leaves through the tunnel or not at all. */
const guardOf = (whole: SpecEnvelope, l2tp: L2tp | undefined): Chain => ({
  name: 'vpn_guard',
  hook: { type: 'filter', at: 'forward', priority: -1 },
  rules: [
    ...inwardRules(whole, l2tp),
    ...(l2tp === undefined
      ? []
      : ([
          { in: DEVICES, jump: { target: 'TCPMSS', size: L2TP_SEGMENT } },
          { out: DEVICES, jump: { target: 'TCPMSS' } },
        ] as const)),
    { in: TUNNEL_DEVICE, jump: { target: 'TCPMSS', size: INWARD_SEGMENT } },
    { policyIn: 'ipsec', jump: { target: 'TCPMSS', size: INWARD_SEGMENT } },
    { out: TUNNEL_DEVICE, jump: { target: 'TCPMSS' } },
    { policyOut: 'ipsec', jump: { target: 'TCPMSS' } },
    ...outwardRules(l2tp),
  ],
})

/** The router's own questions and answers, too, such as those to a name server at another site. */
const ownGuardOf = (l2tp: L2tp | undefined): Chain => ({
  name: 'vpn_own_guard',
  hook: { type: 'filter', at: 'output', priority: -1 },
  rules: [
    ...outwardRules(l2tp),
    // A client's IPsec may end before its L2TP does.
    ...(l2tp === undefined
      ? []
      : ([
          {
            source: l2tp.address,
            protocol: 'udp',
            sourcePort: PORT,
            policyOut: 'none',
            counter: 'vpn_unprotected',
            jump: 'DROP',
          },
        ] as const)),
  ],
})

/** Of networks that have no tunnel here. What is on a guest's device is a network of the router's own. */
const leftOutGuard = (whole: SpecEnvelope): Chain => {
  const guests = interfacesOf(whole, 'guest').map(({ device }) => device)
  return {
    name: 'vpn_left_out',
    hook: { type: 'filter', at: 'forward', priority: -1 },
    rules: [
      { out: TUNNEL_DEVICE, jump: 'ACCEPT' },
      {
        ...(guests.length === 0 ? {} : { out: { not: guests } }),
        destination: { set: 'vpn_guarded' },
        policyOut: 'none',
        counter: 'vpn_unprotected',
        jump: 'DROP',
      },
    ],
  }
}

/**
 * What charon and its peers say on IKE's ports is not tracked: a guest that talks to the same peer by the same address
 * would own the connection as soon as the kernel has forgotten the router's, and be sent what is for charon.
 */
const untracked: readonly Chain[] = [
  {
    name: 'vpn_ike_in',
    hook: { type: 'filter', at: 'prerouting', priority: -300 },
    rules: [{ protocol: 'udp', destinationPort: IKE_PORTS, ...peers, jump: 'NOTRACK' }],
  },
  {
    name: 'vpn_ike_out',
    hook: { type: 'filter', at: 'output', priority: -300 },
    rules: [
      {
        protocol: 'udp',
        sourcePort: IKE_PORTS,
        lookup: { key: ['destination', 'source'], set: 'vpn_peers' },
        jump: 'NOTRACK',
      },
    ],
  },
]

/** With charon's own ESP packets go by a device, with the kernel's by a policy: both are always provided for. */
export const rulesetOf = (spec: VpnSpec, whole: SpecEnvelope): Ruleset => {
  const { connections, remoteAccess, l2tp, guarded } = spec
  const left = guarded.length === 0 ? [] : [networkSet('vpn_guarded', guarded)]
  const guards = left.map(() => leftOutGuard(whole))
  const table = { family: 'inet', name: 'sysvm_filter' } as const
  if (!wantsCharon(spec))
    return left.length === 0
      ? { tables: [] }
      : { tables: [{ ...table, counters: ['vpn_unprotected'], sets: left, chains: guards }] }
  const sets = [
    networkSet('vpn_local', [
      ...connections.flatMap(({ local }) => local.subnets),
      ...(remoteAccess?.subnets ?? []),
      ...(l2tp?.subnets ?? []),
    ]),
    networkSet('vpn_remote', remoteOf(spec)),
  ]
  const filter: Table = {
    ...table,
    counters: ['vpn_astray', 'vpn_spoofed', 'vpn_unprotected'],
    sets: [
      ...sets,
      ...left,
      {
        name: 'vpn_peers',
        key: ['ipv4_addr', 'ipv4_addr'],
        elements: connections.map(({ local, remote }) => [remote.gateway, local.address]),
      },
    ],
    chains: [
      { name: 'source_services', rules: sourceRules(l2tp) },
      { name: 'public_services', rules: peerRules },
      { name: 'input_services', rules: [...peerRules, ...clientRules(remoteAccess, whole), ...l2tpRules(l2tp, whole)] },
      { name: 'forward_services', rules: forwardRules(l2tp) },
      guardOf(whole, l2tp),
      ownGuardOf(l2tp),
      ...guards,
      ...untracked,
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
