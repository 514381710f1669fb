import type { Rendered } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { servicesOf } from '../whole.ts'
import { isRedundant } from './shared.ts'
import type { InterfacesSpec } from './spec.ts'
import { uplinksOf } from './uplinks.ts'

export const SYSCTL_FILE = 'interfaces/sysctl.conf'

/** Keys of the whole machine; kernel documentation: ip-sysctl.rst. */
const machine: Readonly<Record<string, number>> = {
  // First: the kernel resets the redirects' switches when it changes.
  'net/ipv4/ip_forward': 1,
  'net/ipv4/conf/all/accept_redirects': 0,
  'net/ipv4/conf/all/secure_redirects': 0,
  'net/ipv4/conf/all/send_redirects': 0,
  'net/ipv4/conf/all/accept_source_route': 0,
  'net/ipv4/icmp_echo_ignore_broadcasts': 1,
}

/**
 * A machine of 256 MB would track 2,048 connections, which one guest opens in a second; an entry takes 0.3 kB. The
 * dash: in a container the host's kernel decides.
 */
const tracking = ['-net/netfilter/nf_conntrack_max = 65536', '-net/netfilter/nf_conntrack_buckets = 16384']

/**
 * What one of two routers tracks, the other may have carried on meanwhile: its kernel must not take packets for invalid
 * that follow on what it has not seen.
 */
const LIBERAL = 'net/netfilter/nf_conntrack_tcp_be_liberal = 1'

/** Keys of every device. */
const device: Readonly<Record<string, number>> = {
  accept_redirects: 0,
  secure_redirects: 0,
  send_redirects: 0,
  accept_source_route: 0,
  // A packet must come in where its source would be routed to (RFC 3704, strict).
  rp_filter: 1,
  // ARP is answered for the addresses of that device only, and asked with one of them as source.
  arp_ignore: 1,
  arp_announce: 2,
  // Neighbours learn at once that an address has moved here.
  arp_notify: 1,
  // Removing the first address must not take the others with it.
  promote_secondaries: 1,
}

/**
 * The kernel's strict check knows the main table only, by which nobody answers through a second uplink. There it asks
 * for any route (2), and the firewall's own check, which knows the uplinks, for the right one.
 */
const deviceKeys = (spec: InterfacesSpec, role: string): Readonly<Record<string, number>> =>
  role === 'public' && uplinksOf(spec).length > 0 ? { ...device, rp_filter: 2 } : device

/** sysctl.d(5): slashes keep the dots of a device's name; the dash tolerates a kernel without IPv6. */
export const sysctlText = (spec: InterfacesSpec, ipv6: ReadonlySet<string> = new Set()): string =>
  [
    ...Object.entries(machine).map(([key, value]) => `${key} = ${value}`),
    ...tracking,
    // A device that others make, as charon does, has no addresses that servers would find.
    '-net/ipv6/conf/default/disable_ipv6 = 1',
    ...(isRedundant(spec) ? [LIBERAL] : []),
    ...spec.interfaces.flatMap((nic) => [
      ...Object.entries(deviceKeys(spec, nic.role)).map(
        ([key, value]) => `net/ipv4/conf/${nic.device}/${key} = ${value}`,
      ),
      `-net/ipv6/conf/${nic.device}/disable_ipv6 = ${ipv6.has(nic.device) ? 0 : 1}`,
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('')

export const render = (spec: InterfacesSpec, whole: SpecEnvelope): Rendered => {
  const ipv6 = new Set(servicesOf(whole).ipv6?.interfaces.map(({ device: name }) => name))
  return { files: [{ path: SYSCTL_FILE, text: sysctlText(spec, ipv6) }] }
}

/** Every key as a path and the value it must have, for drift. */
export const sysctls = (spec: InterfacesSpec): readonly (readonly [path: string, value: string])[] =>
  sysctlText(spec)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('-'))
    .map((line) => {
      const [key = '', value = ''] = line.split(' = ')
      return [`/proc/sys/${key}`, value] as const
    })
