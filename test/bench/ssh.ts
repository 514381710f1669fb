import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { openConnection } from '@sysvm/manager/hosts'
import { createLab } from '../lab/index.ts'
import { type Bench, percentile, round } from './bench.ts'

const run = promisify(execFile)
const ROUNDS = 5
const COMMANDS = 24

type Once = () => Promise<unknown>

/** Milliseconds of each command, and of the whole round. */
async function oneRound(atOnce: number, once: Once): Promise<{ samples: number[]; elapsed: number }> {
  const samples: number[] = []
  let left = COMMANDS
  const started = performance.now()
  const worker = async () => {
    while (left-- > 0) {
      const before = performance.now()
      await once()
      samples.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return { samples, elapsed: performance.now() - started }
}

/** All sides take turns, so that what else the machine does meets each of them alike. */
async function measure(atOnce: number, sides: Readonly<Record<string, Once>>) {
  const results = Object.entries(sides).map(([name, once]) => ({
    name,
    once,
    samples: [] as number[],
    rates: [] as number[],
  }))
  for (let n = 0; n <= ROUNDS; n++) {
    for (const result of results) {
      const { samples, elapsed } = await oneRound(atOnce, result.once)
      // The first round warms up.
      if (n === 0) continue
      result.samples.push(...samples)
      result.rates.push((COMMANDS * 1000) / elapsed)
    }
  }
  return results.map(({ name, samples, rates }) => ({
    name,
    perSecond: percentile(rates, 0.5),
    medianMs: percentile(samples, 0.5),
  }))
}

/** The manager's way to run a command on a host, beside an OpenSSH client process per command. */
export const bench: Bench = {
  name: 'ssh',
  title: 'Commands per second on a host over SSH',
  run: async (print) => {
    await using lab = await createLab('bench-ssh')
    const core = await lab.namespace('core')
    await core.bridge('br0', { address: '10.9.0.1/24' })
    const host = await lab.host('h1', { core: { at: core, bridge: 'br0' }, address: '10.9.0.11/24', ssh: true })
    const connection = openConnection(host.url, host.options(core))
    const detail: Record<string, unknown> = {}
    const socket = `${lab.directory}/mux`
    const client = (...extra: string[]) => [
      `--net=/run/netns/${core.netns}`,
      '--',
      'ssh',
      ...['-F', 'none', '-i', host.keys.file, '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
      ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', ...extra],
      'root@10.9.0.11',
      'true',
    ]
    const multiplexed = client('-o', `ControlPath=${socket}`, '-o', 'ControlMaster=auto', '-o', 'ControlPersist=60')
    const mux = 'OpenSSH, a process per command, multiplexed'
    const sides = {
      sysvm: () => connection.run(['true']),
      [mux]: () => run('nsenter', multiplexed),
      'OpenSSH, a process per command': () => run('nsenter', client()),
      // What entering the namespace costs the other side; it is taken off below.
      nsenter: () => run('nsenter', [`--net=/run/netns/${core.netns}`, '--', 'true']),
    }
    const median: Record<string, number> = {}
    try {
      for (const atOnce of [1, 8]) {
        for (const { name, perSecond, medianMs } of await measure(atOnce, sides)) {
          if (atOnce === 1) median[name] = medianMs
          detail[`${name}, ${atOnce} at once`] = { perSecond: round(perSecond), medianMs: round(medianMs, 2) }
          if (name !== 'nsenter')
            print({ how: name, 'at once': atOnce, 'commands/s': round(perSecond), 'median ms': round(medianMs, 2) })
        }
      }
    } finally {
      await connection.close()
      await run('nsenter', multiplexed.toSpliced(-2, 2, '-O', 'exit', 'root@10.9.0.11')).catch(() => {})
    }
    // The worst case for us: one at a time, against the quicker way to use OpenSSH. `nsenter` starts `true` too, so
    // it costs more than entering alone: the error is in the other side's favour.
    const ours = 1000 / (median.sysvm ?? Number.NaN)
    const other = 1000 / ((median[mux] ?? Number.NaN) - (median.nsenter ?? 0))
    return { unit: 'commands/s', ours: round(ours), other: round(other), ratio: round(ours / other, 2), detail }
  },
}
