import type { Ipv6Spec } from './spec.ts'

export const SYSCTL_FILE = 'ipv6/sysctl.conf'

/** Keys of every device with IPv6; kernel documentation: ip-sysctl.rst. */
const device: Readonly<Record<string, number>> = {
  // What a neighbour advertises is not for a router: its addresses and routes are the spec's.
  accept_ra: 0,
  autoconf: 0,
  accept_redirects: 0,
  accept_source_route: 0,
  forwarding: 1,
  // Neighbours learn at once that an address has moved here.
  ndisc_notify: 1,
  // An address outlives a moment without a carrier.
  keep_addr_on_down: 1,
}

/** sysctl.d(5): slashes keep the dots of a device's name. */
export const sysctlText = ({ interfaces }: Ipv6Spec): string =>
  [
    'net/ipv6/conf/all/forwarding = 1',
    ...interfaces.flatMap((nic) =>
      Object.entries(device).map(([key, value]) => `net/ipv6/conf/${nic.device}/${key} = ${value}`),
    ),
  ]
    .map((line) => `${line}\n`)
    .join('')

/** Every key as a path and the value it must have, for drift. */
export const sysctls = (spec: Ipv6Spec): readonly (readonly [path: string, value: string])[] =>
  sysctlText(spec)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [key = '', value = ''] = line.split(' = ')
      return [`/proc/sys/${key}`, value] as const
    })
