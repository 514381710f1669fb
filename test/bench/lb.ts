import { realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoadBalancerSpec, RouterSpec } from '@sysvm/router/spec'
import { startRouter, type TestRouter } from '../fault/agent/container.ts'
import { createLab, type Lab, type LabProcess, type Namespace } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const SECONDS = 2
const TURNS = 3
const RELOADS = 100
const CHANGES = 1000
/** Members changed by one commit. */
const AT_ONCE = 100

const OURS = '198.51.100.2'
const BY_HAND = '198.51.100.3'
const MEMBERS = ['10.1.0.10', '10.1.0.11', '10.1.0.12']

/** Answers as fast as anything does, so that the balancer is what is measured. */
const memberConfig = `defaults
    mode http
    timeout client 30s
frontend members
    bind 0.0.0.0:8000
    http-request return status 200 content-type text/plain string ok
`

/** The same rule as a person would write it down. */
const handConfig = `global
    maxconn 8000
defaults
    mode http
    timeout connect 5s
    timeout client 50s
    timeout server 50s
frontend web
    bind ${BY_HAND}:80
    option forwardfor
    http-request set-header X-Forwarded-Proto http
    default_backend members
backend members
    balance roundrobin
${MEMBERS.map((address, index) => `    server m${index} ${address}:8000 check\n`).join('')}`

/** The image's haproxy in a namespace, with a configuration written by hand. */
const startHaproxy = async (lab: Lab, at: Namespace, text: string): Promise<LabProcess> => {
  const rootfs = realpathSync(join(import.meta.dirname, '../../images/out/system/rootfs'))
  const folder = join(lab.directory, `${at.name}-haproxy`)
  await mkdir(folder)
  await writeFile(join(folder, 'haproxy.cfg'), text)
  const script = `mount -t tmpfs tmpfs ${rootfs}/tmp && mkdir ${rootfs}/tmp/x && mount --bind ${folder} ${rootfs}/tmp/x && exec chroot ${rootfs} haproxy -db -f /tmp/x/haproxy.cfg`
  const started = await at.spawn(['unshare', '--mount', 'sh', '-c', script])
  lab.defer(() => started.stop())
  return started
}

interface Load {
  readonly requests: number
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

const milliseconds = (text: string | undefined): number => {
  const match = /^([\d.]+)(us|ms|s)$/.exec(text ?? '')
  return Number(match?.[1]) * { us: 0.001, ms: 1, s: 1000 }[(match?.[2] ?? 'ms') as 'us' | 'ms' | 's']
}

/** What wrk prints; errors are connections that failed and answers other than 2xx. */
const readLoad = (text: string): Load => {
  const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)
  const answers = /Non-2xx or 3xx responses: (\d+)/.exec(text)
  return {
    requests: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]),
    p50: milliseconds(/^\s+50%\s+(\S+)/m.exec(text)?.[1]),
    p99: milliseconds(/^\s+99%\s+(\S+)/m.exec(text)?.[1]),
    errors: [...(socket?.slice(1) ?? []), answers?.[1] ?? 0].reduce<number>((sum, value) => sum + Number(value), 0),
  }
}

const wrk = (connections: number, seconds: number, url: string): readonly [string, ...string[]] => [
  ...(['wrk', '--latency', '-t', '1', '-c'] as const),
  ...[String(connections), '-d', `${seconds}s`, url],
]

const load = async (from: Namespace, connections: number, url: string): Promise<Load> => {
  const { stdout } = await from.exec(wrk(connections, SECONDS, url), { timeoutMs: (SECONDS + 20) * 1000 })
  return readLoad(stdout)
}

type Rule = LoadBalancerSpec['rules'][number]

const member = (index: number): Rule['members'][number] => ({
  id: `m${index}`,
  address: MEMBERS[index % MEMBERS.length] ?? '',
  // Each member is an address and port of its own; one server answers at all of them.
  port: 8000 + Math.floor(index / MEMBERS.length),
  weight: 100,
  state: 'ready',
})

const ruleOf = (id: string, port: number, members: Rule['members']): Rule => ({
  id,
  device: 'eth1',
  address: OURS,
  port,
  protocol: 'http',
  algorithm: 'roundrobin',
  members,
  certificates: [],
  allow: [],
})

const specOf = (router: TestRouter, generation: number, rules: readonly Rule[]): object => {
  const loadbalancer: LoadBalancerSpec = { rules: [...rules], certificates: [], maxConnections: 8000 }
  return router.spec(generation, { loadbalancer } as Partial<RouterSpec['services']>)
}

interface Disturbed {
  readonly errors: number
  readonly requests: number
  readonly reloadMs: readonly number[]
  readonly changesMs: readonly number[]
}

/** Errors that clients see while listeners come and go, and members by the hundred. */
const disturb = async (router: TestRouter, from: Namespace, first: number): Promise<Disturbed> => {
  const base = MEMBERS.map((_, index) => member(index))
  let generation = first
  const timed = async (rules: readonly Rule[]): Promise<number> => {
    generation += 1
    const spec = specOf(router, generation, rules)
    const start = performance.now()
    await router.commit(spec)
    return performance.now() - start
  }
  const client = await from.spawn(wrk(16, 300, `http://${OURS}/`))
  const reloadMs: number[] = []
  const changesMs: number[] = []
  for (let turn = 0; turn < CHANGES / AT_ONCE; turn++) {
    const extra = Array.from({ length: AT_ONCE }, (_, index) => member(3 + index))
    changesMs.push(await timed([ruleOf('web', 80, turn % 2 === 0 ? [...base, ...extra] : base)]))
  }
  for (let turn = 0; turn < RELOADS; turn++)
    reloadMs.push(await timed([ruleOf('web', 80, base), ...(turn % 2 === 0 ? [ruleOf('more', 81, base)] : [])]))
  client.child.kill('SIGINT')
  await client.ended
  const { errors, requests } = readLoad(client.output())
  return { errors, requests, reloadMs, changesMs }
}

export const bench: Bench = {
  name: 'lb',
  title: `HTTP through the load balancer and through haproxy configured by hand; ${RELOADS} reloads and ${CHANGES} member changes under load`,
  run: async (print) => {
    await using lab = await createLab('bench-lb')
    const router = await startRouter(lab)
    await router.ready()
    const { host } = router
    await host.ip(...MEMBERS.map((address) => ['address', 'add', `${address}/16`, 'dev', 'guest']))
    // One server behind every port that a member is given.
    await host.nft(
      'table ip bench { chain pre { type nat hook prerouting priority -100; tcp dport 8001-8100 redirect to :8000; }; }',
    )
    await startHaproxy(lab, host, memberConfig)
    const hand = await lab.namespace('hand')
    await lab.link({ at: hand, device: 'eth1', address: '10.1.0.2/16' }, { at: host, device: 'hand1', bridge: 'guest' })
    await lab.link(
      { at: hand, device: 'eth2', address: `${BY_HAND}/24` },
      { at: host, device: 'hand2', bridge: 'public' },
    )
    await startHaproxy(lab, hand, handConfig)
    await router.commit(
      specOf(router, 1, [
        ruleOf(
          'web',
          80,
          MEMBERS.map((_, index) => member(index)),
        ),
      ]),
    )

    const loads: Record<'ours' | 'hand', Load[]> = { ours: [], hand: [] }
    const single: Record<'ours' | 'hand' | 'direct', Load[]> = { ours: [], hand: [], direct: [] }
    const targets = { ours: `http://${OURS}/`, hand: `http://${BY_HAND}/`, direct: `http://${MEMBERS[0]}:8000/` }
    for (let turn = 0; turn < TURNS; turn++)
      // Whoever comes second finds another machine: take turns.
      for (const side of turn % 2 === 0 ? (['hand', 'ours'] as const) : (['ours', 'hand'] as const))
        loads[side].push(await load(host, 32, targets[side]))
    for (const side of ['direct', 'hand', 'ours'] as const) single[side].push(await load(host, 1, targets[side]))
    const best = (all: readonly Load[]): number => Math.max(...all.map(({ requests }) => requests))
    const p50 = (all: readonly Load[]): number => Math.min(...all.map((one) => one.p50))
    const [ours, other] = [best(loads.ours), best(loads.hand)]
    for (const [what, side] of [
      ['sysvm', 'ours'],
      ['haproxy by hand', 'hand'],
    ] as const)
      print({
        what,
        'requests/s': round(best(loads[side]), 0),
        'p99 ms': round(Math.min(...loads[side].map(({ p99 }) => p99)), 2),
        'added latency ms': round(p50(single[side]) - p50(single.direct), 3),
        errors: loads[side].reduce((sum, { errors }) => sum + errors, 0),
      })
    const { errors, requests, reloadMs, changesMs } = await disturb(router, host, 1)
    print({
      what: `${RELOADS} reloads, ${CHANGES} member changes`,
      'requests/s': round(requests, 0),
      'p99 ms': '',
      'added latency ms': '',
      errors,
    })
    print({
      what: 'a commit that reloads, median ms',
      'requests/s': round(percentile(reloadMs, 0.5), 0),
      'p99 ms': '',
      'added latency ms': '',
      errors: '',
    })
    print({
      what: `a commit of ${AT_ONCE} members, median ms`,
      'requests/s': round(percentile(changesMs, 0.5), 0),
      'p99 ms': '',
      'added latency ms': '',
      errors: '',
    })
    return {
      unit: 'requests/s',
      ours: round(ours, 0),
      other: round(other, 0),
      ratio: round(ours / other, 2),
      detail: {
        addedLatencyMs: round(p50(single.ours) - p50(single.direct), 3),
        addedLatencyByHandMs: round(p50(single.hand) - p50(single.direct), 3),
        errorsUnderChange: errors,
        requestsUnderChange: round(requests, 0),
        reloadCommitMs: round(percentile(reloadMs, 0.5)),
        memberCommitMs: round(percentile(changesMs, 0.5)),
      },
    }
  },
}
