import { HealthPath, Secret } from '@sysvm/router/spec'
import { z } from 'zod'
import type { Setting } from './settings.ts'

const number = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^(0|[1-9]\d{0,8})$/.test(text), 'is not a whole number')
    .refine((text) => Number(text) >= min && Number(text) <= max, `is not between ${min} and ${max}`)

const PLACES = ['disabled', 'guest-network', 'global'] as const

/** `user:password`, or nothing. */
const Auth = z.string().refine((text) => {
  const [, user, password] = /^([A-Za-z0-9_.-]{1,64}):(.*)$/s.exec(text) ?? []
  return text === '' || (user !== undefined && Secret.safeParse(password).success)
}, 'is not user:password, with a password of 1 to 128 printable characters')

/** Of all load balancers; a router hears of a change at once. The names are CloudStack's. */
export const haproxySettings = {
  'network.loadbalancer.haproxy.stats.visibility': {
    description: `Who may see the statistics page of routers: ${PLACES.join(', ')}. It needs stats.auth.`,
    category: 'Network',
    fallback: 'disabled',
    schema: z.enum(PLACES, `is not one of ${PLACES.join(', ')}`),
    reaches: 'balancers',
  },
  'network.loadbalancer.haproxy.stats.uri': {
    description: 'Path of the statistics page.',
    category: 'Network',
    fallback: '/admin?stats',
    schema: HealthPath,
    reaches: 'balancers',
  },
  'network.loadbalancer.haproxy.stats.auth': {
    description: 'user:password of the statistics page; empty: there is no page. It is kept sealed and never shown.',
    category: 'Network',
    fallback: '',
    schema: Auth,
    reaches: 'balancers',
    secret: true,
  },
  'network.loadbalancer.haproxy.stats.port': {
    description: 'Port of the statistics page.',
    category: 'Network',
    fallback: '8081',
    schema: number(1024, 65535).refine((text) => text !== '8080', 'is where routers serve passwords'),
    reaches: 'balancers',
  },
  'network.loadbalancer.haproxy.max.conn': {
    description: 'Open connections at once of all load balancers of a router.',
    category: 'Network',
    fallback: '8000',
    schema: number(100, 1_000_000),
    reaches: 'balancers',
  },
  'network.loadbalancer.haproxy.idle.timeout': {
    description:
      "Longest silence of clients and members in milliseconds, where a rule says nothing; 0: the router's own.",
    category: 'Network',
    fallback: '0',
    schema: number(0, 86_400_000),
    reaches: 'balancers',
  },
} as const satisfies Readonly<Record<string, Setting>>
