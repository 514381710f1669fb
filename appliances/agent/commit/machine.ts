import type { SysvmError } from '@sysvm/errors'
import type { CommitResult } from '../api/index.ts'
import { log } from '../log.ts'
import type { AnyService, Effects } from '../service/index.ts'
import type { Identity } from './document.ts'
import type { FaultHook, FaultPoint } from './faults.ts'
import type { Folders, LiveFiles } from './files.ts'
import type { Generation } from './generation.ts'
import { abandoned, type Journal } from './journal.ts'
import { failureOf } from './steps.ts'
import type { Store } from './store.ts'

/** Tells the world what happens; each call is an event of the control API. */
export type Emit = (type: string, data: Readonly<Record<string, unknown>>) => void

/** Whether a manager has logged in after that moment (seconds since the machine booted). */
export type FreshSession = (since: number) => Promise<boolean>

/** What the engine works with; tests give their own folders, services, effects and faults. */
export interface EngineOptions {
  readonly services: readonly AnyService[]
  readonly identity: Identity
  readonly store: Store
  readonly live: LiveFiles
  readonly folders: Folders
  readonly effects: Effects
  readonly emit: Emit
  readonly fault: FaultHook
  readonly freshSession: FreshSession
  /** How long services may take until they serve, in milliseconds. */
  readonly patienceMs?: number | undefined
  /** Gives the machine its control address again, should a generation have taken it away. */
  readonly secureControl: () => Promise<void>
}

export interface Pending {
  readonly generation: Generation
  readonly result: CommitResult
  /** End of the commit: milliseconds of this process, and seconds since the machine booted. */
  readonly since: { readonly monotonic: number; readonly uptime: number }
  readonly timer: NodeJS.Timeout
}

export interface Counters {
  commits: number
  failures: number
  rollbacks: number
  confirms: number
  lastCommitSeconds: number
}

/** The engine's memory: one machine, one commit at a time. */
export interface Machine extends EngineOptions {
  journal: Journal
  /** The confirmed generation. */
  inForce: Generation | null
  /** False while the kernel and daemons may be in any state: before the first recovery, or after a failed one. */
  known: boolean
  pending: Pending | null
  readonly counters: Counters
}

export const createMachine = (options: EngineOptions, journal: Journal): Machine => ({
  ...options,
  journal,
  inForce: null,
  known: false,
  pending: null,
  counters: { commits: 0, failures: 0, rollbacks: 0, confirms: 0, lastCommitSeconds: 0 },
})

export const passer =
  ({ fault }: Machine) =>
  async (point: FaultPoint): Promise<void> => {
    await fault(point)
  }

/**
 * Closes the open commit, if any, with the reason. A full disk must not stop a rollback: the journal then stays open
 * on disk, and the next start rolls back once more, to the same generation.
 */
export const recordFailure = async (machine: Machine, generation: number, error: SysvmError): Promise<void> => {
  const failure = failureOf(generation, error, new Date().toISOString())
  machine.journal = abandoned(machine.journal, failure)
  machine.counters.failures += 1
  machine.emit('failed', { generation, code: failure.code, step: failure.step, message: failure.message })
  log('error', `generation ${generation} failed at ${failure.step}: ${failure.message}`)
  try {
    await machine.store.writeJournal(machine.journal)
  } catch (cause) {
    log('warning', `the failure of generation ${generation} could not be written to disk: ${String(cause)}`)
  }
}
