import type { Connection } from '../client/connection.ts'
import { type CallOptions, limitsOf } from '../client/limit.ts'
import type { Message, MessageInput } from '../protocol/message.ts'
import { accepted, act } from './call.ts'
import { type Log, readLog } from './log.ts'
import { integer, record } from './shape.ts'

export interface ControlOptions extends CallOptions {
  /** What charon logs about it, as it happens. */
  readonly onLog?: (log: Log) => void
}

type Waiting = {
  /** Milliseconds that charon waits for the outcome: 0, the default, for ever, -1 not at all. */
  readonly timeout?: number
  /** What `onLog` is told: 1 by default, up to 4, which has private data. */
  readonly loglevel?: -1 | 0 | 1 | 2 | 3 | 4
}

/** Without `ike` the first `child` of that name comes up; without `child` an IKE_SA without children. */
export type Initiate = Waiting & {
  readonly child?: string
  readonly ike?: string
  /** Whether charon's limits may forbid it. */
  readonly 'init-limits'?: boolean
}

/** By names of configurations, or by the numbers that `list-sas` tells. */
export type SaSelector = {
  readonly child?: string
  readonly ike?: string
  readonly 'child-id'?: number
  readonly 'ike-id'?: number
}

export type Terminate = Waiting & SaSelector & { readonly force?: boolean }

export type Redirect = {
  /** Where clients shall go. */
  readonly gateway: string
  readonly ike?: string
  readonly 'ike-id'?: number
  /** An address, subnet or range. */
  readonly 'peer-ip'?: string
  /** May have wildcards. */
  readonly 'peer-id'?: string
}

export interface ControlCommands {
  /**
   * Brings an SA up. Without a `timeout` it may take as long as charon tries, and holds the connection all the time;
   * the time limit of calls counts on top of it.
   */
  initiate(what: Initiate, options?: ControlOptions): Promise<void>
  terminate(
    what: Terminate,
    options?: ControlOptions,
  ): Promise<{ readonly matches: number; readonly terminated: number }>
  /** `reauth` authenticates again instead. */
  rekey(what: SaSelector & { readonly reauth?: boolean }, options?: CallOptions): Promise<{ readonly matches: number }>
  redirect(what: Redirect, options?: CallOptions): Promise<{ readonly matches: number }>
  /** Installs a trap, drop or bypass policy. */
  install(what: { readonly child: string; readonly ike?: string }, options?: CallOptions): Promise<void>
  uninstall(what: { readonly child: string; readonly ike?: string }, options?: CallOptions): Promise<void>
}

const readMatches = record({ matches: integer }, {})
const readTerminated = record({ matches: integer, terminated: integer }, {})

/** What a call may take whose work charon limits itself: that and the usual; none where charon waits for ever. */
const limitOf = ({ timeout = 0 }: Waiting, usualMs: number): number => {
  if (timeout === 0) return Number.POSITIVE_INFINITY
  return usualMs + Math.max(0, timeout)
}

export const controlCommands = (connection: Connection): ControlCommands => {
  const control = async (
    command: string,
    what: Waiting & MessageInput,
    options: ControlOptions = {},
  ): Promise<Message> => {
    const { onLog, ...given } = options
    const limits = limitsOf(given, limitOf(what, connection.timeoutMs))
    // charon logs to this command only where it is told how much.
    if (onLog === undefined) return act(connection, command, { ...what, loglevel: -1 }, limits)
    const parts = connection.stream(command, 'control-log', { loglevel: 1, ...what }, limits)
    try {
      while (true) {
        const { done, value } = await parts.next()
        if (done) return accepted(command, value)
        onLog(readLog(value, 'control-log'))
      }
    } finally {
      await parts.return({})
    }
  }
  return {
    initiate: async (what, options) => void (await control('initiate', what, options)),
    terminate: async (what, options) => readTerminated(await control('terminate', what, options), 'terminate'),
    rekey: async (what, options) => readMatches(await act(connection, 'rekey', what, options), 'rekey'),
    redirect: async (what, options) => readMatches(await act(connection, 'redirect', what, options), 'redirect'),
    install: async (what, options) => void (await act(connection, 'install', what, options)),
    uninstall: async (what, options) => void (await act(connection, 'uninstall', what, options)),
  }
}
