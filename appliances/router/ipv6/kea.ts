import { parseCidr6, toBigInt } from '@sysvm/agent/spec'
import { onLinks } from '../dhcp/links.ts'
import { DATA_FOLDER, LEASE_CLEANUP_SECONDS, LEASE_COMMANDS, SOCKET_FOLDER } from '../dhcp/render.ts'
import { networkOf6 } from '../whole.ts'
import { asking, type Interface6 } from './sides.ts'
import type { Ipv6Spec } from './spec.ts'

export const KEA_FILE = 'ipv6/kea-dhcp6.json'
export const SOCKET = `${SOCKET_FOLDER}/dhcp6.sock`
const LEASE_SECONDS = 86_400

/** As for IPv4: derived from the network, a subnet's number stays when others come and go. */
const subnetId = (cidr: string): number => Number((parseCidr6(cidr).first >> 64n) % 0xfffffffen) + 1

const option = (name: string, values: readonly string[]): readonly object[] =>
  values.length === 0 ? [] : [{ name, data: values.join(', ') }]

const subnetsOf = ({ device, addresses, advertisement }: Interface6): readonly object[] =>
  addresses.map((cidr) => ({
    id: subnetId(cidr),
    subnet: networkOf6(cidr),
    interface: device,
    // No pool: whoever has no reservation gets no answer.
    'reservations-in-subnet': true,
    'reservations-out-of-pool': true,
    'option-data': [
      ...option('dns-servers', advertisement?.nameservers ?? []),
      ...option('domain-search', advertisement?.search ?? []),
    ],
    reservations: (advertisement?.reservations ?? [])
      .filter(({ address }) => networkOf6(`${address}/64`) === networkOf6(cidr))
      .toSorted((a, b) => (toBigInt(a.address) < toBigInt(b.address) ? -1 : 1))
      .map(({ mac, duid, address, hostname }) => ({
        ...(duid === undefined ? { 'hw-address': mac } : { duid }),
        'ip-addresses': [address],
        ...(hostname === undefined ? {} : { hostname }),
      })),
  }))

/** Kea's DHCPv6 configuration; Kea ARM, "The DHCPv6 Server". */
export const keaConfig = (spec: Ipv6Spec): object => ({
  Dhcp6: {
    'interfaces-config': {
      interfaces: asking(spec).map(({ device }) => device),
      'service-sockets-max-retries': 20,
      'service-sockets-retry-wait-time': 250,
    },
    'control-socket': { 'socket-type': 'unix', 'socket-name': SOCKET },
    // The same on every router: a guest renews with the one that replaced its own. There is one server on a link.
    'server-id': {
      type: 'EN',
      'enterprise-id': 2495,
      identifier: Buffer.from('sysvm').toString('hex'),
      persist: false,
    },
    'lease-database': {
      type: 'memfile',
      persist: true,
      name: `${DATA_FOLDER}/leases6.csv`,
      'lfc-interval': LEASE_CLEANUP_SECONDS,
    },
    'hooks-libraries': [{ library: LEASE_COMMANDS }],
    'host-reservation-identifiers': ['duid', 'hw-address'],
    // DHCPv6 has no field for it: the link-local address that a guest asks from tells it, else its identifier.
    'mac-sources': ['duid', 'ipv6-link-local'],
    'decline-probation-period': 0,
    'preferred-lifetime': LEASE_SECONDS,
    'valid-lifetime': LEASE_SECONDS,
    ...onLinks(
      'subnet6',
      asking(spec).map((nic) => [nic.device, subnetsOf(nic)] as const),
    ),
    loggers: [{ name: 'kea-dhcp6', output_options: [{ output: 'stdout' }], severity: 'WARN' }],
  },
})

export const keaText = (spec: Ipv6Spec): string => `${JSON.stringify(keaConfig(spec), null, 1)}\n`
