import { Cidr4, Device, Ipv4, Port } from '@sysvm/agent/spec'
import { z } from 'zod'
import {
  CertificateText,
  CookieDomain,
  CookieName,
  HealthPath,
  Id,
  PrivateKeyText,
  Secret,
  StatusCodes,
} from './values.ts'

const seconds = (max: number) => z.int().min(1).max(max)

/** One guest address that takes connections of a rule. Its id is the value of an LbCookie, so keep it for its life. */
export const Member = z.strictObject({
  id: Id,
  address: Ipv4,
  port: Port,
  /** Share of new connections relative to other members; 0: none but those that stick to it. */
  weight: z.int().min(0).max(256).default(100),
  /** `drain`: only what sticks to it; `maint`: nothing new at all. */
  state: z.enum(['ready', 'drain', 'maint']).default('ready'),
  /** Connections at once; the others wait for up to `timeouts.queue`. */
  maxConnections: z.int().min(1).max(1_000_000).optional(),
})
export type Member = z.infer<typeof Member>

/** How a member is found to be well. Absent in a rule: a TCP connection every 2 seconds (UDP: an ICMP echo). */
export const HealthCheck = z.strictObject({
  /** `http`: not for UDP; `icmp` and `udp`: for UDP only, where `udp` fails when the member refuses the datagram. */
  kind: z.enum(['none', 'tcp', 'http', 'icmp', 'udp']),
  intervalSeconds: seconds(300).default(2),
  timeoutSeconds: seconds(60).default(2),
  /** Good answers in a row that bring a member back. */
  healthyThreshold: z.int().min(1).max(20).default(2),
  /** Bad ones in a row that take it out. */
  unhealthyThreshold: z.int().min(1).max(20).default(3),
  /** For `http`: what is asked for. */
  path: HealthPath.default('/'),
  /** For `http`: what is a good answer, `200` or `200-399,401`. */
  codes: StatusCodes.default('200-399'),
  /** Another port than the member's own. */
  port: Port.optional(),
})
export type HealthCheck = z.infer<typeof HealthCheck>

/** Keeps a client at one member. The two cookies are for `http` and `ssl`. */
export const Stickiness = z.discriminatedUnion('method', [
  /** A cookie of the balancer's own. */
  z.strictObject({
    method: z.literal('LbCookie'),
    cookieName: CookieName,
    mode: z.enum(['insert', 'rewrite', 'prefix']).default('insert'),
    nocache: z.boolean().default(false),
    indirect: z.boolean().default(false),
    postonly: z.boolean().default(false),
    httponly: z.boolean().default(false),
    secure: z.boolean().default(false),
    domains: z.array(CookieDomain).max(8).default([]),
  }),
  /** A cookie of the application's, learnt from its answers into a table. */
  z.strictObject({
    method: z.literal('AppCookie'),
    cookieName: CookieName,
    /** Characters of the cookie's value that tell clients apart. */
    length: z.int().min(1).max(1024).default(52),
    holdSeconds: seconds(30 * 86400).default(10800),
    /** Also learn from requests, so that a table that was lost is learnt again. */
    requestLearn: z.boolean().default(false),
    /** Where the application puts the same value when a client takes no cookies: `?name=` or `;name=` of the URL. */
    mode: z.enum(['query-string', 'path-parameters']).optional(),
    tableSize: z.int().min(1).max(10_000_000).default(100_000),
  }),
  /** The client's address. */
  z.strictObject({
    method: z.literal('SourceBased'),
    tableSize: z.int().min(1).max(10_000_000).default(200_000),
    expireSeconds: seconds(30 * 86400).default(1800),
  }),
])
export type Stickiness = z.infer<typeof Stickiness>

/** What a rule takes at most; what is absent has no limit of its own. Not for UDP. */
export const Limits = z.strictObject({
  maxConnections: z.int().min(1).max(1_000_000).optional(),
  /** At once, from one client address. */
  connectionsPerSource: z.int().min(1).max(1_000_000).optional(),
  /** New ones from one client address. */
  connectionRate: z.strictObject({ count: z.int().min(1).max(1_000_000), seconds: seconds(3600) }).optional(),
  /** Requests from one client address; `http` and `ssl` only. More are answered with 429. */
  requestRate: z.strictObject({ count: z.int().min(1).max(1_000_000), seconds: seconds(3600) }).optional(),
})
export type Limits = z.infer<typeof Limits>

const day = 86_400_000
const milliseconds = z.int().min(1).max(day)

/** Milliseconds; what is absent is the default that the reference page tells. */
export const Timeouts = z.strictObject({
  connect: milliseconds.optional(),
  client: milliseconds.optional(),
  server: milliseconds.optional(),
  queue: milliseconds.optional(),
  /** The whole head of a request; `http` and `ssl` only. */
  httpRequest: milliseconds.optional(),
  /** Until the next request of the same connection; `http` and `ssl` only. */
  httpKeepAlive: milliseconds.optional(),
  /** An upgraded or tunnelled connection. */
  tunnel: milliseconds.optional(),
})
export type Timeouts = z.infer<typeof Timeouts>

export const Rule = z.strictObject({
  /** The API's id of the rule. */
  id: Id,
  /** Guest interface whose network its members are in; network ACLs of that network govern it. */
  device: Device,
  /** An address of a public interface, or of a guest interface for internal load balancing. */
  address: Ipv4,
  port: Port,
  protocol: z.enum(['tcp', 'tcp-proxy', 'http', 'ssl', 'udp']),
  algorithm: z.enum(['roundrobin', 'leastconn', 'source']),
  members: z.array(Member).max(1000),
  /** For `ssl`: ids of `certificates`; the first answers clients whose name fits none. */
  certificates: z.array(Id).max(100).default([]),
  stickiness: Stickiness.optional(),
  check: HealthCheck.optional(),
  limits: Limits.optional(),
  timeouts: Timeouts.optional(),
  /** Clients that may connect; empty: all that the firewall lets through. */
  allow: z.array(Cidr4).max(20_000).default([]),
})
export type Rule = z.infer<typeof Rule>

/** What `ssl` rules show to clients; the names it is shown for are those in it. */
export const Certificate = z.strictObject({
  id: Id,
  /** PEM: the certificate, then its intermediates. */
  chain: CertificateText,
  /** PEM, without a passphrase. */
  key: PrivateKeyText,
})
export type Certificate = z.infer<typeof Certificate>

/** haproxy's statistics page on a listener of its own. */
export const Statistics = z.strictObject({
  address: Ipv4,
  port: Port.default(8081),
  path: HealthPath.default('/admin'),
  user: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'is not a user name of letters, digits, dots and hyphens'),
  password: Secret,
  /** Clients that may see it: nobody unless told. */
  allow: z.array(Cidr4).max(1000).default([]),
})
export type Statistics = z.infer<typeof Statistics>

export const LoadBalancerSpec = z.strictObject({
  rules: z.array(Rule),
  certificates: z.array(Certificate).default([]),
  statistics: Statistics.optional(),
  /** Of all rules together. */
  maxConnections: z.int().min(100).max(1_000_000).default(8000),
})
export type LoadBalancerSpec = z.infer<typeof LoadBalancerSpec>
