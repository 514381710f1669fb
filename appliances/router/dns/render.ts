import { LIVE, type Rendered } from '@sysvm/agent/service'
import { toNumber } from '@sysvm/agent/spec'
import type { DnsSpec } from './spec.ts'
import { hostsLine, option } from './text.ts'

export const CONFIG_FILE = 'dns/dnsmasq.conf'
export const HOSTS_FILE = 'dns/hosts'

/** dnsmasq(8). Records are in a file of their own, which a signal has read again. */
export const configText = ({ listen, domain, upstreams }: DnsSpec): string =>
  [
    option('no-hosts'),
    option('no-resolv'),
    option('no-poll'),
    // Exactly these addresses, whenever they appear.
    option('bind-dynamic'),
    ...listen.map((address) => option('listen-address', address)),
    option('addn-hosts', `${LIVE}/${HOSTS_FILE}`),
    // The network's own names and private addresses are answered here or not at all.
    option('local', `/${domain}/`),
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

/** hosts(5), one line for an address: its first name is the one that a reverse lookup gives. */
export const hostsText = ({ records }: DnsSpec): string => {
  const names = new Map<string, string[]>()
  for (const { name, address } of records) names.set(address, [...(names.get(address) ?? []), name])
  return [...names]
    .toSorted(([a], [b]) => toNumber(a) - toNumber(b))
    .map(([address, all]) => hostsLine(address, all))
    .join('')
}

export const render = (spec: DnsSpec): Rendered => ({
  files: [
    { path: CONFIG_FILE, text: configText(spec) },
    { path: HOSTS_FILE, text: hostsText(spec) },
  ],
})
