import { LoadBalancerSpec } from '@sysvm/router/loadbalancer/spec'
import type { RouterServices } from '@sysvm/router/spec'
import type { z } from 'zod'
import { baseSpec, wholeOf } from '../whole.ts'

export type Balancer = z.input<typeof LoadBalancerSpec>
export type RuleInput = Balancer['rules'][number]

export const member = (id: string, last: number, extra: Partial<RuleInput['members'][number]> = {}) => ({
  id,
  address: `10.1.1.${last}`,
  port: 8080,
  ...extra,
})

export const rule = (change: Partial<RuleInput> & Pick<RuleInput, 'id' | 'port'>): RuleInput => ({
  device: 'eth1',
  address: '198.51.100.5',
  protocol: 'http',
  algorithm: 'roundrobin',
  members: [member('m1', 10), member('m2', 11)],
  ...change,
})

export const parsed = (balancer: Balancer): LoadBalancerSpec => LoadBalancerSpec.parse(balancer)
export const whole = (balancer: Balancer) => wholeOf({ ...baseSpec, loadbalancer: parsed(balancer) } as RouterServices)

/** One rule of every kind, with everything that a rule can say. */
export const everyRule: Balancer = {
  rules: [
    rule({
      id: 'web',
      port: 80,
      algorithm: 'leastconn',
      members: [
        member('m1', 10, { weight: 50, maxConnections: 20 }),
        member('m2', 11, { state: 'drain' }),
        member('m3', 12, { state: 'maint' }),
      ],
      stickiness: {
        method: 'LbCookie',
        cookieName: 'SRV',
        indirect: true,
        nocache: true,
        secure: true,
        domains: ['.example.org'],
      },
      check: { kind: 'http', path: '/health?deep=1', codes: '200-299,401', intervalSeconds: 5, port: 9000 },
      limits: {
        maxConnections: 500,
        connectionsPerSource: 10,
        connectionRate: { count: 100, seconds: 10 },
        requestRate: { count: 1000, seconds: 60 },
      },
      timeouts: {
        connect: 1000,
        client: 2000,
        server: 3000,
        queue: 4000,
        httpRequest: 500,
        httpKeepAlive: 600,
        tunnel: 7000,
      },
      allow: ['203.0.113.7/24', '203.0.113.128/25', '192.0.2.1/32'],
    }),
    rule({
      id: 'app',
      port: 8080,
      stickiness: { method: 'AppCookie', cookieName: 'JSESSIONID', mode: 'path-parameters', requestLearn: true },
    }),
    rule({ id: 'raw', port: 25, protocol: 'tcp', algorithm: 'source', check: { kind: 'none' } }),
    rule({ id: 'proxy', port: 26, protocol: 'tcp-proxy', stickiness: { method: 'SourceBased' } }),
    rule({ id: 'inner', address: '10.1.1.1', port: 3306, protocol: 'tcp' }),
    rule({ id: 'names', port: 53, protocol: 'udp', allow: ['192.0.2.0/24'] }),
    rule({ id: 'calls', port: 5060, protocol: 'udp', algorithm: 'source', members: [member('m1', 10)] }),
  ],
  statistics: { address: '198.51.100.5', user: 'admin', password: `it's#1`, allow: ['192.0.2.0/24'] },
}
