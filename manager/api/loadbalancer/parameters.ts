import { z } from 'zod'
import type { LoadBalancerLimits, LoadBalancerTimeouts, Rate } from '../../model/schema/loadbalancer.ts'
import { changes } from '../changes.ts'
import * as p from '../parameter.ts'

export { cidrs } from '../firewall/parameters.ts'

export const protocols = ['tcp', 'udp', 'tcp-proxy', 'http', 'ssl'] as const
export const algorithms = ['roundrobin', 'leastconn', 'source'] as const

export const port = (description: string) => p.integer(description, 1, 65535)

const MOST = 1_000_000
const LONGEST_SECONDS = 3600
const DAY_MS = 86_400_000

/** `100/10s`: a hundred in ten seconds. */
export const rate = (description: string): p.Parameter<Rate, false> => ({
  type: 'string',
  description,
  required: false,
  length: 20,
  schema: z
    .string()
    .regex(/^[1-9]\d{0,6}\/[1-9]\d{0,3}s$/, 'is not a rate such as 100/10s')
    .transform((text) => {
      const [count = 0, seconds = 0] = text.slice(0, -1).split('/').map(Number)
      return { count, seconds }
    })
    .refine(({ count }) => count <= MOST, `is above ${MOST}`)
    .refine(({ seconds }) => seconds <= LONGEST_SECONDS, `is over more than ${LONGEST_SECONDS}s`),
})

export const formatRate = (given: Rate | undefined): string | undefined => given && `${given.count}/${given.seconds}s`

const timeout = (description: string) => p.integer(`${description}, in milliseconds.`, 1, DAY_MS)

/** What CloudStack has no words for; the same for making and changing a rule. */
export const tuning = p.own({
  maxconnections: p.integer('Open connections at once; more wait.', 1, MOST),
  connectionspersource: p.integer('Open connections at once from one client address.', 1, MOST),
  connectionrate: rate('New connections from one client address, as 100/10s.'),
  requestrate: rate('Requests from one client address, as 100/10s; protocols http and ssl.'),
  timeoutconnect: timeout('Longest wait for a member to accept a connection'),
  timeoutclient: timeout('Longest silence of a client'),
  timeoutserver: timeout('Longest silence of a member'),
  timeoutqueue: timeout('Longest wait for a free member'),
  timeouthttprequest: timeout('Longest time for the head of a request; protocols http and ssl'),
  timeouthttpkeepalive: timeout('Longest wait for the next request; protocols http and ssl'),
  timeouttunnel: timeout('Longest silence of an upgraded connection'),
})

type Tuning = p.Values<typeof tuning>

/** The limits that were given. */
export const limitsOf = (given: Tuning): LoadBalancerLimits =>
  changes({
    maxConnections: given.maxconnections,
    connectionsPerSource: given.connectionspersource,
    connectionRate: given.connectionrate,
    requestRate: given.requestrate,
  })

/** The timeouts that were given. */
export const timeoutsOf = (given: Tuning): LoadBalancerTimeouts =>
  changes({
    connect: given.timeoutconnect,
    client: given.timeoutclient,
    server: given.timeoutserver,
    queue: given.timeoutqueue,
    httpRequest: given.timeouthttprequest,
    httpKeepAlive: given.timeouthttpkeepalive,
    tunnel: given.timeouttunnel,
  })
