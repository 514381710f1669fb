import { oneOf, type Setting, whole, words } from './setting.ts'

const port = whole(1024, 65535)

/** Of all load balancers; a router hears of a change at once. The names are CloudStack's. */
export const haproxySettings = {
  'network.loadbalancer.haproxy.stats.visibility': {
    description: 'Who may see the statistics page of routers. It needs stats.auth.',
    category: 'Network',
    fallback: 'disabled',
    ...oneOf(['disabled', 'guest-network', 'global']),
    reaches: 'balancers',
  },
  'network.loadbalancer.haproxy.stats.uri': {
    description: 'Path of the statistics page.',
    category: 'Network',
    fallback: '/admin?stats',
    ...words('a path'),
    reaches: 'balancers',
  },
  'network.loadbalancer.haproxy.stats.auth': {
    description: 'user:password of the statistics page; empty: there is no page. It is kept sealed and never shown.',
    category: 'Network',
    fallback: '',
    ...words('user:password, or nothing'),
    reaches: 'balancers',
    secret: true,
  },
  'network.loadbalancer.haproxy.stats.port': {
    description: 'Port of the statistics page.',
    category: 'Network',
    fallback: '8081',
    ...port,
    range: `${port.range} but 8080`,
    schema: port.schema.refine((text) => text !== '8080', 'is where routers serve passwords'),
    reaches: 'balancers',
  },
  'network.loadbalancer.haproxy.max.conn': {
    description: 'Open connections at once of all load balancers of a router.',
    category: 'Network',
    fallback: '8000',
    ...whole(100, 1_000_000),
    reaches: 'balancers',
  },
  'network.loadbalancer.haproxy.idle.timeout': {
    description:
      "Longest silence of clients and members in milliseconds, where a rule says nothing; 0: the router's own.",
    category: 'Network',
    fallback: '0',
    ...whole(0, 86_400_000, 'ms'),
    reaches: 'balancers',
  },
} as const satisfies Readonly<Record<string, Setting>>
