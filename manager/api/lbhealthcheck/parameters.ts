import { SysvmError } from '@sysvm/errors'
import { HealthPath, StatusCodes } from '@sysvm/router/spec'
import type { z } from 'zod'
import type { CheckKind } from '../loadbalancer/fit.ts'
import * as p from '../parameter.ts'

export const kinds = ['none', 'tcp', 'http', 'icmp', 'udp'] as const

const text = (description: string, schema: z.ZodType<string, string>, length: number): p.Parameter<string, false> => ({
  type: 'string',
  description,
  required: false,
  length,
  schema,
})

/** The same for making and changing a policy; defaults are those of making. */
export const checkParameters = {
  description: p.text('What it is, for people.', 4096),
  pingpath: text('What is asked for by HTTP, with a query if need be; default for http: /.', HealthPath, 1024),
  responsetimeout: p.integer('Longest wait for an answer in seconds; default 5.', 1, 60),
  intervaltime: p.integer('Seconds between checks; default 5.', 1, 300),
  healthythreshold: p.integer('Good answers in a row that bring a member back; default 2.', 1, 20),
  unhealthythreshold: p.integer('Bad ones in a row that take it out; default 3.', 1, 20),
  checktype: p.choice(
    'What is checked; default: http with pingpath or for protocol http, icmp for udp, else tcp. Of sysvm alone.',
    kinds,
  ),
  httpcodes: text('Statuses that are a good answer; default 200-399. Of sysvm alone.', StatusCodes, 200),
  checkport: p.integer("Port that is asked; default: the member's own. Of sysvm alone.", 1, 65535),
}

type Given = p.Values<typeof checkParameters>

export interface Check {
  readonly kind: CheckKind
  readonly path: string | null
  readonly codes: string | null
  readonly port: number | null
  readonly timeout: number
  readonly interval: number
  readonly healthy: number
  readonly unhealthy: number
}

const defaultKind = (protocol: string, http: boolean): CheckKind => {
  if (protocol === 'udp') return 'icmp'
  return http || protocol === 'http' || protocol === 'ssl' ? 'http' : 'tcp'
}

/** What is given over what was there; what is of HTTP alone is refused with another kind of check. */
export const checkOf = (protocol: string, given: Given, before?: Check): Check => {
  const http = given.pingpath !== undefined || given.httpcodes !== undefined
  const kind = given.checktype ?? (http ? undefined : before?.kind) ?? defaultKind(protocol, http)
  if (http && kind !== 'http')
    throw new SysvmError(
      'SYSVM_API_PARAMETER',
      `Parameter ${given.pingpath === undefined ? 'httpcodes' : 'pingpath'}: it is for checks of type http, not ${kind}.`,
    )
  const kept = kind === 'http' && before?.kind === 'http' ? before : undefined
  return {
    kind,
    path: kind === 'http' ? (given.pingpath ?? kept?.path ?? '/') : null,
    codes: kind === 'http' ? (given.httpcodes ?? kept?.codes ?? null) : null,
    port: given.checkport ?? before?.port ?? null,
    timeout: given.responsetimeout ?? before?.timeout ?? 5,
    interval: given.intervaltime ?? before?.interval ?? 5,
    healthy: given.healthythreshold ?? before?.healthy ?? 2,
    unhealthy: given.unhealthythreshold ?? before?.unhealthy ?? 3,
  }
}
