import type { Effects } from '@sysvm/agent/service'
import { isSysvmError } from '@sysvm/errors'
import type { Whole } from 'haproxy-config'
import { MASTER_SOCKET } from './names.ts'

const PATIENCE = { timeoutMs: 10_000 }
/** Commands in one line to the master, which reads 16 KB at once. */
const BATCH = 200

const listeners = ({ configuration }: Whole): ReadonlyMap<string, string> =>
  new Map((configuration.frontends ?? []).map(({ name, binds = [] }) => [name, binds.map((one) => one.address).join()]))

/** Frontends that are no more, or listen elsewhere. Pure. */
export const abandoned = (before: Whole, after: Whole): ReadonlySet<string> => {
  const next = listeners(after)
  return new Set([...listeners(before)].filter(([name, at]) => next.get(name) !== at).map(([name]) => name))
}

/** Of the master's `show proc`: the process that serves and those that wait for their last connections. Pure. */
export const workersOf = (processes: string): readonly string[] =>
  [...processes.matchAll(/^(\d+)\s+worker\s/gm)].map(([, pid = '']) => pid)

/** Of a process's `show sess`: what has come in by these frontends. Pure. */
export const streamsOf = (sessions: string, frontends: ReadonlySet<string>): readonly string[] =>
  [...sessions.matchAll(/^(0x[0-9a-f]+): [^\n]*? fe=(\S+) /gm)]
    .filter(([, , frontend = '']) => frontends.has(frontend))
    .map(([, stream = '']) => stream)

/**
 * Ends the connections of rules that go, in all processes: each reload leaves one behind that would keep its own to
 * their end, those to members that were removed since included. A process that does not answer is on its way out.
 */
export const abandon = async (before: Whole, after: Whole, { ask }: Effects): Promise<void> => {
  const frontends = abandoned(before, after)
  if (frontends.size === 0) return
  // The master waits for more after what it passes on.
  const tell = (line: string): Promise<string> =>
    ask.unix(MASTER_SOCKET, `${line}\nquit\n`, PATIENCE).catch((error: unknown) => {
      if (isSysvmError(error, 'SYSVM_TIMEOUT')) return ''
      throw error
    })
  for (const pid of workersOf(await tell('show proc'))) {
    const streams = streamsOf(await tell(`@!${pid} show sess`), frontends)
    for (let at = 0; at < streams.length; at += BATCH)
      await tell(
        streams
          .slice(at, at + BATCH)
          .map((stream) => `@!${pid} shutdown session ${stream}`)
          .join(';'),
      )
  }
}
