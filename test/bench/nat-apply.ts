import { createHash } from 'node:crypto'
import type { CommitResult } from '@sysvm/agent/api'
import { differenceTo, type HeldSpec } from '@sysvm/agent/spec/difference'
import type { RouterServices } from '@sysvm/router/spec'
import type { Run } from 'node-iptables'
import { startRouter, type TestRouter } from '../fault/agent/container.ts'
import { createLab, type Lab } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const SIZES = [100, 1000, 10_000, 100_000] as const
/** Beyond these sizes a process per rule takes minutes to hours. */
const BY_PROCESS = 1000
const SAMPLES = 5
/** Rules per public address; their ports do not reach further. */
const PER_ADDRESS = 50_000

type Forward = NonNullable<RouterServices['nat']>['forwards'][number]

const addressOf = (index: number): string => `198.51.100.${10 + Math.floor(index / PER_ADDRESS)}`
const portOf = (index: number): number => 1024 + (index % PER_ADDRESS)
const guestOf = (index: number): string => `10.1.${(index >> 8) % 250}.${2 + (index % 250)}`

const forward = (index: number): Forward => ({
  id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  address: addressOf(index),
  protocol: 'tcp',
  port: portOf(index),
  guest: guestOf(index),
  guestPort: 80,
})

const words = (index: number): readonly string[] => [
  ...['PREROUTING', '-d', `${addressOf(index)}/32`, '-p', 'tcp', '-m', 'tcp', '--dport', String(portOf(index))],
  ...['-j', 'DNAT', '--to-destination', `${guestOf(index)}:80`],
]

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

interface Commit {
  /** Milliseconds from the request until the rules are in force, and until the confirm is answered. */
  readonly applied: number
  readonly confirmed: number
  /** What it took the manager to find the difference, before it sent that. */
  readonly compared: number
  readonly timings: CommitResult['timings']
  readonly held: HeldSpec
}

type Numbered = object & { readonly generation: number }

/** As the manager does: the whole spec, or its difference to the one that was confirmed. */
const commit = async (router: TestRouter, spec: Numbered, base?: HeldSpec): Promise<Commit> => {
  await using first = await router.connect(30_000)
  const begin = performance.now()
  const told = base && differenceTo(base, spec)
  const start = performance.now()
  const { generation, timings } =
    told === undefined ? await router.put(first, spec, 120) : await router.patch(first, told.difference, 120)
  const applied = performance.now() - start
  await using second = await router.connect(30_000)
  await second.request('POST', '/v1/confirm', { body: { generation } })
  const confirmed = performance.now() - start
  const digest = createHash('sha256').update(JSON.stringify(spec)).digest('hex')
  const held = told?.held ?? { generation, digest, document: spec }
  return { applied, confirmed, compared: start - begin, timings, held }
}

const specOf = (router: TestRouter, generation: number, count: number): Numbered => {
  const plain = router.spec(generation) as { readonly services: RouterServices }
  const [control, inner, outer] = plain.services.interfaces.interfaces
  if (control === undefined || inner === undefined || outer === undefined) throw new Error('the spec has three nics')
  const more = Array.from(
    { length: Math.ceil(count / PER_ADDRESS) },
    (_, index) => `${addressOf(index * PER_ADDRESS)}/24`,
  )
  const interfaces = [control, inner, { ...outer, addresses: [...outer.addresses, ...more] }]
  const forwards = Array.from({ length: count }, (_, index) => forward(index))
  return {
    ...router.spec(generation, {
      interfaces: { ...plain.services.interfaces, interfaces },
      nat: { source: plain.services.nat?.source ?? [], static: [], forwards },
    }),
    generation,
  }
}

const kernel = async (lab: Lab, name: string): Promise<Run> => {
  const netns = await lab.namespace(name)
  return (argv, options) => netns.exec(argv, options)
}

/** The same rules with iptables (nft): one restore, check and append of one more, and a process for each. */
const measureIptables = async (run: Run, count: number) => {
  const rules = Array.from({ length: count }, (_, index) => `-A ${words(index).join(' ')}\n`)
  const restore = await timed(() =>
    run(['iptables-nft-restore'], { input: `*nat\n:PREROUTING ACCEPT [0:0]\n${rules.join('')}COMMIT\n` }),
  )
  const one = await timed(async () => {
    await run(['iptables-nft', '-t', 'nat', '-C', ...words(count)]).catch(() => undefined)
    await run(['iptables-nft', '-t', 'nat', '-A', ...words(count)])
  })
  return { restore, one }
}

const measureProcesses = (run: Run, count: number): Promise<number> =>
  timed(async () => {
    for (let index = 0; index < count; index++) await run(['iptables-nft', '-t', 'nat', '-A', ...words(index)])
  })

export const bench: Bench = {
  name: 'nat-apply',
  title: 'Port forwarding rules from PUT to applied by the agent, and one rule more, beside iptables',
  run: async (print) => {
    await using lab = await createLab('bench-nat')
    const router = await startRouter(lab)
    await router.ready()
    let generation = 1
    const detail: Record<string, unknown> = {}
    let headline = { ours: Number.NaN, other: Number.NaN }
    for (const size of SIZES) {
      await commit(router, specOf(router, generation++, 1))
      const all = await commit(router, specOf(router, generation++, size))
      const samples: Commit[] = []
      for (let more = 1; more <= SAMPLES; more++)
        samples.push(await commit(router, specOf(router, generation++, size + more), (samples.at(-1) ?? all).held))
      const whole = await commit(router, specOf(router, generation++, size + SAMPLES + 1))
      const one = percentile(
        samples.map(({ applied }) => applied),
        0.5,
      )
      const run = await kernel(lab, `iptables-${size}`)
      const other = await measureIptables(run, size)
      const processes = size > BY_PROCESS ? undefined : await measureProcesses(await kernel(lab, `each-${size}`), size)
      print({
        rules: size,
        'applied ms': round(all.applied, 0),
        'confirmed ms': round(all.confirmed, 0),
        'restore ms': round(other.restore, 0),
        'a process each ms': processes === undefined ? '' : round(processes, 0),
        'one more ms': round(one, 0),
        'one more, whole spec ms': round(whole.applied, 0),
        'iptables -C -A ms': round(other.one, 0),
      })
      detail[`${size}`] = {
        applied: round(all.applied),
        confirmed: round(all.confirmed),
        timings: all.timings,
        restore: round(other.restore),
        processes: processes && round(processes),
        oneMore: round(one),
        oneMoreWorst: round(Math.max(...samples.map(({ applied }) => applied))),
        oneMoreConfirmed: round(
          percentile(
            samples.map(({ confirmed }) => confirmed),
            0.5,
          ),
        ),
        oneMoreCompared: round(
          percentile(
            samples.map(({ compared }) => compared),
            0.5,
          ),
        ),
        oneMoreTimings: samples.at(-1)?.timings,
        oneMoreWhole: round(whole.applied),
        oneMoreWholeTimings: whole.timings,
        iptablesOneMore: round(other.one),
      }
      if (size === 10_000) headline = { ours: one, other: other.one }
    }
    return {
      unit: 'ms for one more rule at 10000',
      ours: round(headline.ours),
      other: round(headline.other),
      ratio: round(headline.other / headline.ours, 2),
      detail,
    }
  },
}
