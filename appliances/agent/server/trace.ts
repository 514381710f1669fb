import { setTimeout as sleep } from 'node:timers/promises'
import type { DiagnosticResult } from '../api/index.ts'
import { follow } from '../effects/follow.ts'
import type { Effects } from '../service/index.ts'

/** Its own table, so that no generation's ruleset is touched; removed again whatever happens. */
const TABLE = 'inet sysvm_trace'

export interface Flow {
  readonly source?: string | undefined
  readonly destination?: string | undefined
  readonly protocol: 'tcp' | 'udp' | 'icmp'
  readonly port?: number | undefined
  readonly seconds: number
}

/** Marks the flow's packets before anything else sees them; the limit keeps a busy flow from flooding the monitor. */
export const traceRuleset = ({ source, destination, protocol, port }: Flow): string => {
  const match = [
    ...(source === undefined ? [] : [`ip saddr ${source}`]),
    ...(destination === undefined ? [] : [`ip daddr ${destination}`]),
    `meta l4proto ${protocol}`,
    ...(port === undefined || protocol === 'icmp' ? [] : [`${protocol} dport ${port}`]),
    'limit rate 20/second',
    'meta nftrace set 1',
  ].join(' ')
  const chain = (hook: string): string =>
    `chain ${hook} { type filter hook ${hook} priority -400; policy accept; ${match}; };`
  return `table ${TABLE} {}\ndelete table ${TABLE}\ntable ${TABLE} { ${chain('prerouting')} ${chain('output')} }\n`
}

/** One sentence per rule or policy that decided, in the monitor's order; our own marking rule is left out. */
export const explain = (monitor: string): string[] =>
  monitor.split('\n').flatMap((line) => {
    const match = /^trace id (\S+) (\S+) (\S+) (\S+) (rule|verdict|policy) (.*)$/.exec(line.trim())
    if (match === null || `${match[2]} ${match[3]}` === TABLE) return []
    const [, id, family, table, chain, kind, words] = match
    const where = `${family} ${table} ${chain}`
    if (kind === 'rule') return [`${id}: in ${where}, the rule “${words}” matches`]
    if (kind === 'policy') return [`${id}: in ${where}, no rule decides, so the policy is ${words}`]
    return [`${id}: ${where} ends with ${words}`]
  })

/** Watches one flow for some seconds and tells which rules decided. */
export const explainFlow = async (flow: Flow, effects: Effects): Promise<DiagnosticResult> => {
  const monitor = follow(['nft', 'monitor', 'trace'])
  let output = ''
  try {
    await effects.run(['nft', '-f', '-'], { input: traceRuleset(flow) })
    await sleep(flow.seconds * 1000)
  } finally {
    output = await monitor.stop()
    await effects.run(['nft', '-f', '-'], { input: `table ${TABLE} {}\ndelete table ${TABLE}\n` })
  }
  const explanation = explain(output)
  return { ok: explanation.length > 0, output, explanation }
}
