import type { Health, Status } from '../api/index.ts'
import type { Counters } from '../commit/machine.ts'
import type { MetricFamily } from '../service/index.ts'

export interface Facts {
  readonly status: Status
  readonly health: Health
  readonly counters: Readonly<Counters>
  readonly residentBytes: number
  /** What the services measure. */
  readonly families?: readonly MetricFamily[]
}

type Sample = MetricFamily['samples'][number]

/** Label values are quoted as the text format demands. */
const quote = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

const metric = (name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string => {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${quote(text)}"`)
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

/** Prometheus text exposition format 0.0.4. Pure. */
export const renderMetrics = ({ status, health, counters, residentBytes, families = [] }: Facts): string =>
  [
    metric('sysvm_agent_info', 'gauge', 'What runs here.', [
      [{ name: status.name, role: status.role, firmware: status.firmware, image: status.image }, 1],
    ]),
    metric('sysvm_uptime_seconds', 'gauge', 'Since the machine booted.', [[{}, status.uptimeSeconds]]),
    metric('sysvm_agent_resident_bytes', 'gauge', 'Resident memory of the agent.', [[{}, residentBytes]]),
    metric('sysvm_generation_confirmed', 'gauge', 'The confirmed generation; 0 for none.', [
      [{}, status.confirmed ?? 0],
    ]),
    metric('sysvm_generation_pending', 'gauge', 'The generation that waits for a confirm; 0 for none.', [
      [{}, status.pending?.generation ?? 0],
    ]),
    metric('sysvm_commits_total', 'counter', 'Commits begun since the agent started.', [[{}, counters.commits]]),
    metric('sysvm_commits_confirmed_total', 'counter', 'Commits confirmed.', [[{}, counters.confirms]]),
    metric('sysvm_commits_failed_total', 'counter', 'Commits that failed or were rolled back.', [
      [{}, counters.failures],
    ]),
    metric('sysvm_rollbacks_total', 'counter', 'Rollbacks.', [[{}, counters.rollbacks]]),
    metric('sysvm_commit_seconds', 'gauge', 'How long the last commit took until it waited for its confirm.', [
      [{}, counters.lastCommitSeconds],
    ]),
    metric('sysvm_healthy', 'gauge', 'Whether every service serves.', [[{}, Number(health.healthy)]]),
    metric(
      'sysvm_service_healthy',
      'gauge',
      'Whether the service serves.',
      Object.entries(health.services).map(([service, { healthy }]) => [{ service }, Number(healthy)]),
    ),
    ...families.map(({ name, type, help, samples }) => metric(name, type, help, samples)),
  ].join('')
