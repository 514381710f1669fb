import { LIVE, type Rendered } from '@sysvm/agent/service'
import { reverseZones } from './reverse.ts'
import type { DnsSpec, DnsView } from './spec.ts'
import { hostsLine, option } from './text.ts'

export const configFile = (device: string): string => `dns/${device}/dnsmasq.conf`
export const hostsFile = (device: string): string => `dns/${device}/hosts`

/** dnsmasq(8). Records are in a file of their own, which a signal has read again. */
export const configText = ({ device, listen, domain, networks = [], upstreams }: DnsView): string =>
  [
    option('no-hosts'),
    option('no-resolv'),
    option('no-poll'),
    // Exactly these addresses, whenever they appear.
    option('bind-dynamic'),
    ...listen.map((address) => option('listen-address', address)),
    option('addn-hosts', `${LIVE}/${hostsFile(device)}`),
    // The network's own names and private addresses are answered here or not at all.
    option('local', `/${domain}/`),
    ...networks.flatMap(reverseZones).map((zone) => option('local', `/${zone}/`)),
    option('domain', domain),
    option('domain-needed'),
    option('bogus-priv'),
    ...upstreams.map((address) => option('server', address)),
    option('dns-loop-detect'),
    option('cache-size', 10000),
    option('dns-forward-max', 1000),
    // Larger answers go by TCP instead of in fragments (DNS flag day 2020).
    option('edns-packet-max', 1232),
    option('log-facility', '-'),
    option('pid-file'),
  ].join('')

const byFamily = (a: string, b: string): number => Number(a.includes(':')) - Number(b.includes(':'))

/** hosts(5), one line for an address: its first name is the one that a reverse lookup gives. */
export const hostsText = ({ records }: DnsView): string => {
  const names = new Map<string, string[]>()
  for (const { name, address } of records) names.set(address, [...(names.get(address) ?? []), name])
  return [...names]
    .toSorted(([a], [b]) => byFamily(a, b) || a.localeCompare(b, 'en', { numeric: true }))
    .map(([address, all]) => hostsLine(address, all))
    .join('')
}

export const render = ({ views }: DnsSpec): Rendered => ({
  files: views.flatMap((view) => [
    { path: configFile(view.device), text: configText(view) },
    { path: hostsFile(view.device), text: hostsText(view) },
  ]),
})
