import { apply, applyDiff, compile, diff, type NamedMap, type Ruleset, type Run } from 'node-iptables'
import { createLab, type Lab } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const FORWARDS = 10_000
const SAMPLES = 7
/** A process per rule takes minutes for all of them; the first ones are the cheapest, so this flatters the other side. */
const PROCESSES = 150

const addressOf = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`
const portOf = (index: number): number => 1024 + index

const forward = (index: number): NamedMap['elements'][number] => [
  ['203.0.113.5', 'tcp', portOf(index)],
  [addressOf(index + 2), 80],
]

const ours = (count: number): Ruleset => ({
  tables: [
    {
      family: 'ip',
      name: 'bench',
      maps: [
        {
          name: 'forwards',
          key: ['ipv4_addr', 'inet_proto', 'inet_service'],
          value: ['ipv4_addr', 'inet_service'],
          elements: Array.from({ length: count }, (_, index) => forward(index)),
        },
      ],
      chains: [
        {
          name: 'prerouting',
          hook: { type: 'nat', at: 'prerouting', priority: 'dstnat' },
          rules: [
            {
              protocol: ['tcp', 'udp'],
              jump: { target: 'DNAT', to: { key: ['destination', 'protocol', 'destinationPort'], map: 'forwards' } },
            },
          ],
        },
      ],
    },
  ],
})

const words = (index: number): readonly string[] => [
  ...['PREROUTING', '-d', '203.0.113.5/32', '-p', 'tcp', '-m', 'tcp', '--dport', String(portOf(index))],
  ...['-j', 'DNAT', '--to-destination', `${addressOf(index + 2)}:80`],
]

const restoreText = (count: number): string => {
  const rules = Array.from({ length: count }, (_, index) => `-A ${words(index).join(' ')}\n`)
  return `*nat\n:PREROUTING ACCEPT [0:0]\n${rules.join('')}COMMIT\n`
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const median = async (work: (round: number) => Promise<unknown>): Promise<number> => {
  const samples: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) samples.push(await timed(() => work(sample)))
  return percentile(samples, 0.5)
}

const kernel = async (lab: Lab, name: string): Promise<Run> => {
  const netns = await lab.namespace(name)
  return (argv, options) => netns.exec(argv, options)
}

/** Milliseconds to load them all, and to add one more to as many, with this library. */
const measureOurs = async (run: Run, count: number): Promise<{ readonly all: number; readonly one: number }> => {
  const rulesets = Array.from({ length: SAMPLES + 1 }, (_, more) => ours(count + more))
  const [first = ours(count)] = rulesets
  const all = await median(() => apply(ours(count), { run }))
  const one = await median((sample) => applyDiff(rulesets[sample] ?? first, rulesets[sample + 1] ?? first, { run }))
  return { all, one }
}

/** The same with iptables (nft): one restore, and check and append of one rule, as scripts do. */
const measureIptables = async (run: Run): Promise<{ readonly restore: number; readonly one: number }> => {
  const input = restoreText(FORWARDS)
  const restore = await median(() => run(['iptables-nft-restore'], { input }))
  const one = await median(async (sample) => {
    const rule = words(FORWARDS + sample)
    await run(['iptables-nft', '-t', 'nat', '-C', ...rule]).catch(() => undefined)
    await run(['iptables-nft', '-t', 'nat', '-A', ...rule])
  })
  return { restore, one }
}

const measureProcesses = async (run: Run): Promise<number> => {
  const total = await timed(async () => {
    for (let index = 0; index < PROCESSES; index++) await run(['iptables-nft', '-t', 'nat', '-A', ...words(index)])
  })
  return (total / PROCESSES) * FORWARDS
}

export const bench: Bench = {
  name: 'netfilter',
  title: `Port forwarding: loading ${FORWARDS} rules, and one more`,
  run: async (print) => {
    await using lab = await createLab('bench-nft')
    const run = await kernel(lab, 'ours')
    const thousand = await measureOurs(run, FORWARDS / 10)
    const mine = await measureOurs(run, FORWARDS)
    const rendering = await median(async () => compile(ours(FORWARDS)))
    const [before, ...afters] = Array.from({ length: SAMPLES + 1 }, (_, more) => ours(FORWARDS + more))
    const diffing = await median(async (sample) => diff(before ?? ours(0), afters[sample] ?? ours(0)))
    const theirs = await measureIptables(await kernel(lab, 'iptables'))
    const processes = await measureProcesses(await kernel(lab, 'processes'))
    const rows = [
      { what: `load ${FORWARDS}, against iptables-restore`, ours: mine.all, other: theirs.restore },
      { what: `load ${FORWARDS}, against a process per rule (extrapolated)`, ours: mine.all, other: processes },
      { what: `one more rule at ${FORWARDS}, against iptables -C and -A`, ours: mine.one, other: theirs.one },
    ].map((row) => ({ ...row, ratio: row.other / row.ours }))
    for (const { what, ours: left, other, ratio } of rows)
      print({ what, 'ours ms': round(left), 'other ms': round(other), ratio: round(ratio) })
    print({ what: 'one more rule at 1000', 'ours ms': round(thousand.one), 'other ms': '', ratio: '' })
    const [restore, perRule, one] = rows
    const headline = one ?? { ours: 0, other: 0, ratio: 0 }
    return {
      unit: `ms for one more rule at ${FORWARDS}`,
      ours: round(headline.ours, 2),
      other: round(headline.other, 2),
      ratio: round(headline.ratio, 2),
      detail: {
        loadMs: round(mine.all),
        iptablesRestoreMs: round(restore?.other ?? 0),
        processPerRuleExtrapolatedMs: round(perRule?.other ?? 0),
        oneMoreAt1000Ms: round(thousand.one, 2),
        compileMs: round(rendering),
        diffMs: round(diffing),
      },
    }
  },
}
