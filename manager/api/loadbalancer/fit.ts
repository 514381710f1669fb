import { SysvmError } from '@sysvm/errors'
import type { LoadBalancerLimits, LoadBalancerTimeouts } from '../../model/schema/loadbalancer.ts'

export type Protocol = 'tcp' | 'udp' | 'tcp-proxy' | 'http' | 'ssl'
export type Algorithm = 'roundrobin' | 'leastconn' | 'source'
export type CheckKind = 'none' | 'tcp' | 'http' | 'icmp' | 'udp'

/** A rule with what hangs on it. */
export interface Shape {
  readonly protocol: Protocol
  readonly algorithm: Algorithm
  readonly limits?: LoadBalancerLimits
  readonly timeouts?: LoadBalancerTimeouts
  readonly stickiness?: 'LbCookie' | 'AppCookie' | 'SourceBased' | undefined
  readonly check?: CheckKind | undefined
  readonly certificates?: number
}

const isHttp = ({ protocol, stickiness }: Shape): boolean =>
  protocol === 'http' || protocol === 'ssl' || (protocol === 'tcp' && isCookie(stickiness))

const isCookie = (method: Shape['stickiness']): boolean => method === 'LbCookie' || method === 'AppCookie'

/** Sentences about what does not go together, each led by the parameter that would have to change. */
const misfits: readonly (readonly [(shape: Shape) => boolean, string])[] = [
  [
    ({ protocol, algorithm }) => protocol === 'udp' && algorithm === 'leastconn',
    'algorithm: UDP has no connections to count: use roundrobin or source.',
  ],
  [
    ({ protocol, limits = {}, timeouts = {} }) =>
      protocol === 'udp' && (Object.keys(limits).length > 0 || Object.keys(timeouts).length > 0),
    'protocol: limits and timeouts are not for UDP.',
  ],
  [
    ({ protocol, stickiness }) => (protocol === 'udp' || protocol === 'tcp-proxy') && isCookie(stickiness),
    'methodname: cookies need a rule of protocol http, ssl or tcp; use SourceBased.',
  ],
  [
    ({ protocol, check }) => protocol === 'udp' && check === 'http',
    'checktype: members of a UDP rule are not asked by HTTP: use icmp, udp or tcp.',
  ],
  [
    ({ protocol, check }) => protocol !== 'udp' && (check === 'icmp' || check === 'udp'),
    'checktype: icmp and udp are for UDP rules; use tcp or http.',
  ],
  [
    (shape) => !isHttp(shape) && shape.limits?.requestRate !== undefined,
    'requestrate: requests are counted in rules of protocol http or ssl only.',
  ],
  [
    (shape) =>
      !isHttp(shape) && (shape.timeouts?.httpRequest !== undefined || shape.timeouts?.httpKeepAlive !== undefined),
    'timeouthttprequest and timeouthttpkeepalive: they are for rules of protocol http or ssl.',
  ],
  [
    ({ protocol, certificates = 0 }) => protocol !== 'ssl' && certificates > 0,
    'protocol: the rule has certificates, which only ssl shows: remove them first.',
  ],
]

/** Throws SYSVM_API_PARAMETER when a rule and what hangs on it do not go together. */
export const checkFit = (shape: Shape): void => {
  const [, sentence] = misfits.find(([wrong]) => wrong(shape)) ?? []
  if (sentence !== undefined) throw new SysvmError('SYSVM_API_PARAMETER', `Parameter ${sentence}`)
}
