import { X509Certificate } from 'node:crypto'
import type { Effects, MetricFamily } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import type { StatLine } from 'haproxy-config'
import { readUdpDocument } from './apply.ts'
import { proxied, wantsHaproxy, wholeOf } from './configuration.ts'
import { runtimeOf, serverDrift } from './haproxy.ts'
import { backendName, certificatePath, frontendName, STATISTICS } from './names.ts'
import type { LoadBalancerSpec } from './spec.ts'
import { balancerOf } from './udp/balancer.ts'
import { isOf, udpFlows } from './udp/flows.ts'

/** Every rule has its listener, in the process that answers now. */
export const health = async (spec: LoadBalancerSpec, effects: Effects): Promise<void> => {
  if (!wantsHaproxy(spec)) return
  const running = new Map((await runtimeOf(effects).showStat()).map((line) => [`${line.proxy} ${line.server}`, line]))
  const names = [...proxied(spec).map(frontendName), ...(spec.statistics === undefined ? [] : [STATISTICS])]
  const missing = names.find((name) => running.get(`${name} FRONTEND`)?.status !== 'OPEN')
  if (missing === undefined) return
  const status = running.get(`${missing} FRONTEND`)?.status ?? 'not there'
  throw new SysvmError('SYSVM_PROBE_FAILED', `haproxy does not listen for ${missing}: it is ${status}`)
}

const certificateDrift = async (spec: LoadBalancerSpec, effects: Effects): Promise<readonly string[]> => {
  const used = new Set(proxied(spec).flatMap(({ certificates }) => certificates))
  const found = await Promise.all(
    spec.certificates
      .filter(({ id }) => used.has(id))
      .map(async ({ id, chain }) => {
        const loaded = await runtimeOf(effects).showCertificate(certificatePath(id))
        const wanted = new X509Certificate(chain).fingerprint.replaceAll(':', '')
        return loaded?.fingerprint === wanted ? [] : [`haproxy shows another certificate than ${id}`]
      }),
  )
  return found.flat()
}

/** Compares the running process with what its files say, and the table of UDP rules with what was loaded. */
export const drift = async (spec: LoadBalancerSpec, effects: Effects): Promise<readonly string[]> => {
  const udp = (await balancerOf(effects)?.drift()) ?? []
  if (!wantsHaproxy(spec)) return udp
  const servers = serverDrift(wholeOf(spec), await runtimeOf(effects).showServersState())
  return [...servers, ...(await certificateDrift(spec, effects)), ...udp]
}

export interface MemberState {
  readonly id: string
  readonly address: string
  readonly port: number
  /** `UP`, `DOWN`, `MAINT`, `DRAIN`, `no check`, or on the way: `UP 1/3`. */
  readonly status: string
  /** Result of the last check, as haproxy names it: `L4OK`, `L7STS/503`. */
  readonly check?: string
  readonly sessions: number
  readonly sessionsTotal?: number
  readonly bytesIn?: number
  readonly bytesOut?: number
  readonly errors?: number
}

export interface RuleState {
  readonly id: string
  readonly status: string
  readonly sessions: number
  readonly sessionsTotal?: number
  readonly bytesIn?: number
  readonly bytesOut?: number
  readonly denied?: number
  readonly requests?: number
  readonly members: readonly MemberState[]
}

const checkOf = ({ check, checkCode }: StatLine): object =>
  check === undefined ? {} : { check: checkCode === undefined ? check : `${check}/${checkCode}` }

const proxiedState = (spec: LoadBalancerSpec, lines: readonly StatLine[]): readonly RuleState[] => {
  const byName = new Map(lines.map((line) => [`${line.proxy} ${line.server}`, line]))
  return proxied(spec).flatMap((rule) => {
    const line = byName.get(`${frontendName(rule)} FRONTEND`)
    if (line === undefined) return []
    const { status, sessions, sessionsTotal, bytesIn, bytesOut, denied, requests } = line
    const members = rule.members.flatMap(({ id, address, port }) => {
      const server = byName.get(`${backendName(rule)} ${id}`)
      if (server === undefined) return []
      return [
        {
          id,
          address,
          port,
          status: server.status,
          ...checkOf(server),
          sessions: server.sessions,
          sessionsTotal: server.sessionsTotal,
          bytesIn: server.bytesIn,
          bytesOut: server.bytesOut,
          errors: server.connectionErrors + server.responseErrors,
        },
      ]
    })
    return [{ id: rule.id, status, sessions, sessionsTotal, bytesIn, bytesOut, denied, requests, members }]
  })
}

const udpState = async (effects: Effects): Promise<readonly RuleState[]> => {
  const { rules } = await readUdpDocument(effects)
  if (rules.length === 0) return []
  const [balancer, flows] = [balancerOf(effects), await udpFlows(effects)]
  return rules.map((rule) => {
    const own = flows.filter(isOf(rule))
    return {
      id: rule.id,
      status: 'OPEN',
      sessions: own.length,
      members: rule.members.map((member) => ({
        id: member.id,
        address: member.address,
        port: member.port,
        status:
          member.state === 'ready'
            ? balancer?.serves(rule, member) === false
              ? 'DOWN'
              : 'UP'
            : member.state.toUpperCase(),
        sessions: own.filter(({ reply }) => reply.source === member.address && reply.sourcePort === member.port).length,
      })),
    }
  })
}

/** Each rule's traffic and its members' health. */
export const state = async (spec: LoadBalancerSpec, effects: Effects): Promise<readonly RuleState[]> => [
  ...(wantsHaproxy(spec) ? proxiedState(spec, await runtimeOf(effects).showStat()) : []),
  ...(await udpState(effects)),
]

/** The same as Prometheus families. */
export const metrics = async (spec: LoadBalancerSpec, effects: Effects): Promise<readonly MetricFamily[]> => {
  const rules = await state(spec, effects)
  const perRule = (read: (rule: RuleState) => number | undefined): MetricFamily['samples'] =>
    rules.flatMap((rule) => {
      const value = read(rule)
      return value === undefined ? [] : [[{ rule: rule.id }, value] as const]
    })
  const up = rules.flatMap(({ id, members }) =>
    members.map((member) => [{ rule: id, member: member.id }, /^(UP|no check)/.test(member.status) ? 1 : 0] as const),
  )
  return [
    {
      name: 'sysvm_loadbalancer_sessions',
      type: 'gauge',
      help: 'Connections or UDP flows now.',
      samples: perRule(({ sessions }) => sessions),
    },
    {
      name: 'sysvm_loadbalancer_sessions_total',
      type: 'counter',
      help: 'Connections since haproxy last reloaded.',
      samples: perRule(({ sessionsTotal }) => sessionsTotal),
    },
    {
      name: 'sysvm_loadbalancer_received_bytes_total',
      type: 'counter',
      help: 'Bytes from clients since haproxy last reloaded.',
      samples: perRule(({ bytesIn }) => bytesIn),
    },
    {
      name: 'sysvm_loadbalancer_sent_bytes_total',
      type: 'counter',
      help: 'Bytes to clients since haproxy last reloaded.',
      samples: perRule(({ bytesOut }) => bytesOut),
    },
    {
      name: 'sysvm_loadbalancer_member_up',
      type: 'gauge',
      help: 'Whether the member takes new connections.',
      samples: up,
    },
  ]
}
