import type { Rendered } from '@sysvm/agent/service'
import { parseCidr, type SpecEnvelope, toNumber } from '@sysvm/agent/spec'
import { SysvmError } from '@sysvm/errors'
import type { InterfacesSpec } from '../interfaces/spec.ts'
import type { NetbootSpec } from '../netboot/spec.ts'
import { addressOf, servicesOf } from '../whole.ts'
import { onLinks } from './links.ts'
import { guestClasses, netbootClasses, subnetClasses } from './netboot.ts'
import { type DhcpOption, type DhcpSpec, encodeOption } from './spec.ts'

type Subnet = DhcpSpec['subnets'][number]

export const CONFIG_FILE = 'dhcp/kea-dhcp4.json'
/** Kea accepts sockets in this folder only. */
export const SOCKET_FOLDER = '/run/kea'
export const SOCKET = `${SOCKET_FOLDER}/dhcp4.sock`
/** Kea accepts its lease file in this folder only, as its unit's KEA_DHCP_DATA_DIR says. */
export const DATA_FOLDER = '/var/lib/sysvm/dhcp'
/** Debian's folder of shared libraries is named after the machine's architecture. */
const TRIPLET = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'
export const LEASE_COMMANDS = `/usr/lib/${TRIPLET}/kea/hooks/libdhcp_lease_cmds.so`

/**
 * Every renewal is a line in the lease file until Kea cleans it up. A guest that asks as fast as Kea answers, some
 * 4,000 times a second, would fill the state partition within the hour that is Kea's own default.
 */
export const LEASE_CLEANUP_SECONDS = 120

/** Of RFC 2132. */
const ROUTERS = 3

const option = (name: string, data: string): object => ({ name, data })

/** As bytes, whatever its kind: no value of a guest's is ever read by Kea's parser. Sent to guests that do not ask, too. */
const guestOption = ({ code, value }: DhcpOption): object => {
  const data = encodeOption(code, value)?.toString('hex')
  if (data === undefined) throw new SysvmError('SYSVM_RENDER_FAILED', `Option ${code} has a value that does not fit it`)
  return { code, 'csv-format': false, 'always-send': true, data }
}

/** An option of the subnet's that this guest does not get, even when it asks. */
const withheld = (name: string): object => ({ name, 'never-send': true })

const guestOptions = (options: readonly DhcpOption[], defaultRoute: boolean): object => {
  const own = options.map(guestOption)
  const all = defaultRoute || options.some(({ code }) => code === ROUTERS) ? own : [withheld('routers'), ...own]
  return all.length === 0 ? {} : { 'option-data': all }
}

/** Subnet numbers are part of every lease; derived from the network, they stay when others come and go. */
export const subnetId = ({ network }: Subnet): number => (parseCidr(network).first % 0xfffffffe) + 1

/** What a service's own part does not say. */
interface Around {
  readonly netboot?: NetbootSpec | undefined
  readonly interfaces?: InterfacesSpec | undefined
}

/** Of two routers each answers as itself, whichever of its addresses it had when Kea started. */
const identity = ({ device }: Subnet, { interfaces }: Around): readonly object[] => {
  const own = interfaces?.interfaces.find((nic) => nic.device === device)?.own?.[0]
  return own === undefined ? [] : [option('dhcp-server-identifier', addressOf(own))]
}

const subnetOf = (subnet: Subnet, around: Around): object => {
  const { netboot } = around
  const { network, prefix } = parseCidr(subnet.network)
  return {
    id: subnetId(subnet),
    subnet: `${network}/${prefix}`,
    interface: subnet.device,
    ...subnetClasses(netboot, subnet, subnetId(subnet)),
    // No pool: whoever has no reservation gets no answer.
    'reservations-in-subnet': true,
    'reservations-out-of-pool': true,
    'option-data': [
      ...identity(subnet, around),
      option('routers', subnet.gateway),
      option('domain-name-servers', subnet.nameservers.join(', ')),
      option('domain-name', subnet.domain),
      option('domain-search', (subnet.search ?? [subnet.domain]).join(', ')),
      ...(subnet.mtu === undefined ? [] : [option('interface-mtu', String(subnet.mtu))]),
    ],
    reservations: subnet.reservations
      .toSorted((a, b) => toNumber(a.address) - toNumber(b.address))
      .map(({ mac, address, hostname, options = [], defaultRoute = true }) => ({
        'hw-address': mac,
        'ip-address': address,
        ...(hostname === undefined ? {} : { hostname }),
        ...guestOptions(options, defaultRoute),
        ...guestClasses(netboot, mac),
      })),
  }
}

const linksOf = (subnets: readonly Subnet[], around: Around): object =>
  onLinks(
    'subnet4',
    [...Map.groupBy(subnets, ({ device }) => device)].map(
      ([device, own]) => [device, own.map((subnet) => subnetOf(subnet, around))] as const,
    ),
  )

const classesOf = (subnets: readonly Subnet[], netboot: NetbootSpec | undefined): object => {
  const classes = netbootClasses(
    netboot,
    subnets.map((subnet) => [subnet, subnetId(subnet)] as const),
  )
  return classes.length === 0 ? {} : { 'client-classes': classes }
}

/** Kea's DHCPv4 configuration; Kea ARM, "The DHCPv4 Server". */
export const configOf = ({ subnets, leaseSeconds }: DhcpSpec, around: Around = {}): object => ({
  Dhcp4: {
    'interfaces-config': {
      interfaces: [...new Set(subnets.map(({ device }) => device))],
      'dhcp-socket-type': 'raw',
      // A device that comes up a moment later is waited for.
      'service-sockets-max-retries': 20,
      'service-sockets-retry-wait-time': 250,
    },
    'control-socket': { 'socket-type': 'unix', 'socket-name': SOCKET },
    'lease-database': {
      type: 'memfile',
      persist: true,
      name: `${DATA_FOLDER}/leases4.csv`,
      'lfc-interval': LEASE_CLEANUP_SECONDS,
    },
    'hooks-libraries': [{ library: LEASE_COMMANDS }],
    // A guest is its MAC address, whatever client identifier its system makes up.
    'host-reservation-identifiers': ['hw-address'],
    'match-client-id': false,
    authoritative: true,
    // Addresses are the manager's to give: a guest that declines one, or that speaks for another, must not block it.
    'decline-probation-period': 0,
    'valid-lifetime': leaseSeconds,
    'renew-timer': Math.floor(leaseSeconds / 2),
    'rebind-timer': Math.floor((leaseSeconds * 7) / 8),
    ...classesOf(subnets, around.netboot),
    ...linksOf(subnets, around),
    loggers: [{ name: 'kea-dhcp4', output_options: [{ output: 'stdout' }], severity: 'WARN' }],
  },
})

export const render = (spec: DhcpSpec, whole: SpecEnvelope): Rendered => ({
  files: [{ path: CONFIG_FILE, text: `${JSON.stringify(configOf(spec, servicesOf(whole)), null, 1)}\n` }],
})
