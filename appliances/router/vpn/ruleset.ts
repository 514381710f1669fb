import { networksOfRange, type SpecEnvelope } from '@sysvm/agent/spec'
import type { Chain, NamedSet, Rule, Ruleset, Table } from 'node-iptables'
import { outermost } from '../nat/covers.ts'
import { hasAddress, interfacesOf, servicesOf } from '../whole.ts'
import { remoteOf } from './flows.ts'
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

const networks = (name: string, subnets: readonly string[]): NamedSet => ({
  name,
  key: ['ipv4_addr'],
  interval: true,
  elements: outermost(subnets),
})

const inner = { source: { set: 'vpn_remote' }, destination: { set: 'vpn_local' } } as const
const outer = { source: { set: 'vpn_local' }, destination: { set: 'vpn_remote' } } as const

/** What comes from another site comes through a tunnel, and nothing else does. */
const sourceRules: readonly Rule[] = [
  { in: TUNNEL_DEVICE, source: { notSet: 'vpn_remote' }, counter: 'vpn_spoofed', jump: 'DROP' },
  { in: TUNNEL_DEVICE, jump: 'RETURN' },
  { source: { set: 'vpn_remote' }, policyIn: 'none', counter: 'vpn_spoofed', jump: 'DROP' },
]

const peers = { lookup: { key: ['source', 'destination'], set: 'vpn_peers' } } as const
const peerRules: readonly Rule[] = [
  { protocol: 'udp', destinationPort: IKE_PORTS, ...peers, jump: 'ACCEPT' },
  { protocol: 'esp', ...peers, jump: 'ACCEPT' },
]

/** Of people's machines, which come from anywhere: in UDP only, as charon has them do; and what these ask the router. */
const clientRules = (access: RemoteAccess | undefined, whole: SpecEnvelope): readonly Rule[] => {
  if (access === undefined) return []
  const { address, pool, dns } = access
  const own = dns.filter((server) => interfacesOf(whole, 'guest').some((nic) => hasAddress(nic, server)))
  const asked = {
    source: networksOfRange(pool),
    destination: own,
    protocol: ['tcp', 'udp'],
    destinationPort: 53,
  } as const
  return [
    { destination: address, protocol: 'udp', destinationPort: IKE_PORTS, jump: 'ACCEPT' },
    ...(own.length === 0
      ? []
      : ([
          { ...asked, in: TUNNEL_DEVICE, jump: 'ACCEPT' },
          { ...asked, policyIn: 'ipsec', jump: 'ACCEPT' },
        ] as const)),
  ]
}

/** After the ACLs of the tiers, which decide about tunnels as about everything else. */
const forwardRules: readonly Rule[] = [
  { ...inner, in: TUNNEL_DEVICE, jump: 'ACCEPT' },
  { ...inner, policyIn: 'ipsec', jump: 'ACCEPT' },
  { ...outer, out: TUNNEL_DEVICE, jump: 'ACCEPT' },
  { ...outer, policyOut: 'ipsec', jump: 'ACCEPT' },
]

/**
 * What comes out of a tunnel ends at guests. For a local network that no device has now there is a default route, and the
 * sender chose the source.
 */
const inwardRules = (whole: SpecEnvelope): readonly Rule[] => {
  const guests = interfacesOf(whole, 'guest').map(({ device }) => device)
  const astray = {
    ...(guests.length === 0 ? {} : { out: { not: guests } }),
    counter: 'vpn_astray',
    jump: 'DROP',
  } as const
  return [
    { in: TUNNEL_DEVICE, ...astray },
    { policyIn: 'ipsec', ...astray },
  ]
}

const outwardRules: readonly Rule[] = [
  { out: TUNNEL_DEVICE, jump: 'ACCEPT' },
  { destination: { set: 'vpn_remote' }, policyOut: 'none', counter: 'vpn_unprotected', jump: 'DROP' },
]

/** Before the firewall: what is for another site leaves through the tunnel or not at all. */
const guardOf = (whole: SpecEnvelope): Chain => ({
  name: 'vpn_guard',
  hook: { type: 'filter', at: 'forward', priority: -1 },
  rules: [
    ...inwardRules(whole),
    { in: TUNNEL_DEVICE, jump: { target: 'TCPMSS', size: INWARD_SEGMENT } },
    { policyIn: 'ipsec', jump: { target: 'TCPMSS', size: INWARD_SEGMENT } },
    { out: TUNNEL_DEVICE, jump: { target: 'TCPMSS' } },
    { policyOut: 'ipsec', jump: { target: 'TCPMSS' } },
    ...outwardRules,
  ],
})

/** The router's own questions and answers, too, such as those to a name server at another site. */
const ownGuard: Chain = {
  name: 'vpn_own_guard',
  hook: { type: 'filter', at: 'output', priority: -1 },
  rules: outwardRules,
}

/** With charon's own ESP packets go by a device, with the kernel's by a policy: both are always provided for. */
export const rulesetOf = (spec: VpnSpec, whole: SpecEnvelope): Ruleset => {
  const { connections, remoteAccess } = spec
  if (!wantsCharon(spec)) return { tables: [] }
  const sets = [
    networks('vpn_local', [...connections.flatMap(({ local }) => local.subnets), ...(remoteAccess?.subnets ?? [])]),
    networks('vpn_remote', remoteOf(spec)),
  ]
  const filter: Table = {
    family: 'inet',
    name: 'sysvm_filter',
    counters: ['vpn_astray', 'vpn_spoofed', 'vpn_unprotected'],
    sets: [
      ...sets,
      {
        name: 'vpn_peers',
        key: ['ipv4_addr', 'ipv4_addr'],
        elements: connections.map(({ local, remote }) => [remote.gateway, local.address]),
      },
    ],
    chains: [
      { name: 'source_services', rules: sourceRules },
      { name: 'public_services', rules: peerRules },
      { name: 'input_services', rules: [...peerRules, ...clientRules(remoteAccess, whole)] },
      { name: 'forward_services', rules: forwardRules },
      guardOf(whole),
      ownGuard,
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
