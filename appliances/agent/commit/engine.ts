import { uptime } from 'node:os'
import { SysvmError } from '@sysvm/errors'
import type { CommitResult, Drift, GenerationInfo, Health, Plan, Status } from '../api/index.ts'
import type { AnyService, MetricFamily } from '../service/index.ts'
import { treeDigest } from '../spec/difference/index.ts'
import type { SpecEnvelope } from '../spec/index.ts'
import { admitDocument, applyDocument, isNoCommit } from './commit.ts'
import { confirm } from './confirm.ts'
import { type Document, readDocument } from './document.ts'
import { driftOf } from './drift.ts'
import { renderGeneration } from './generation.ts'
import { handOver } from './handover.ts'
import { admit, emptyJournal, type Journal } from './journal.ts'
import { createLock } from './lock.ts'
import { type Counters, createMachine, type EngineOptions, type Machine, passer, recordFailure } from './machine.ts'
import { planGeneration } from './plan.ts'
import { healthOf } from './probe.ts'
import { recover } from './recover.ts'
import { requestedError, rollBack, timeoutError } from './rollback.ts'
import { metricsOf, tickServices } from './running.ts'
import { failureOf, stepError } from './steps.ts'
import type { SentSpec, SignedSpec, Store } from './store.ts'
import { settle } from './stored.ts'

/** The commit engine. Every method that changes anything waits for the one before; a commit is never queued. */
export interface Engine {
  /** Makes the machine wholly the confirmed generation; call once, first. */
  recover(): Promise<void>
  commit(sent: SentSpec, confirmSeconds: number): Promise<CommitResult>
  confirm(generation: number, acceptedAt: number): Promise<void>
  rollback(): Promise<void>
  plan(signed: SignedSpec): Promise<Plan>
  drift(): Promise<Drift>
  health(): Promise<Health>
  state(service: string): Promise<unknown>
  /** Runs `use` with the spec in force while nothing else changes the machine. */
  inForce<T>(use: (spec: SpecEnvelope, services: readonly AnyService[]) => Promise<T>): Promise<T>
  /** For an agent of another firmware that follows. Throws SYSVM_COMMIT_PENDING while a commit waits to be confirmed. */
  handOver(): Promise<void>
  /** Throws SYSVM_FIRMWARE_INVALID when this firmware cannot make anything of the confirmed generation. */
  checkFit(): Promise<void>
  generations(): Promise<readonly GenerationInfo[]>
  status(): Pick<Status, 'confirmed' | 'pending' | 'lastFailure'>
  counters(): Readonly<Counters>
  metrics(): Promise<readonly MetricFamily[]>
  /** What services do from time to time; `now`: without waiting for a commit that runs. */
  tick(when: 'between commits' | 'now'): Promise<void>
}

/** The newest format's digest is enough to know a retry; parsing is left to the commit that runs. */
interface Running {
  readonly digest: string
  readonly result: Promise<CommitResult>
}

const awaitConfirm = (
  machine: Machine,
  exclusively: ReturnType<typeof createLock>,
  applied: Awaited<ReturnType<typeof applyDocument>>,
  seconds: number,
): CommitResult => {
  const { generation } = applied
  const result: CommitResult = {
    ...applied.result,
    state: 'pending',
    confirmBefore: new Date(Date.now() + seconds * 1000).toISOString(),
  }
  const timer = setTimeout(() => {
    void exclusively(async () => {
      if (machine.pending?.timer !== timer) return
      await rollBack(machine, generation, timeoutError(generation.generation, seconds))
    })
  }, seconds * 1000)
  machine.pending = { generation, result, since: { monotonic: performance.now(), uptime: uptime() }, timer }
  machine.emit('pending', { generation: generation.generation, confirmBefore: result.confirmBefore })
  return result
}

const changedMeanwhile = (generation: number): SysvmError =>
  new SysvmError('SYSVM_SPEC_BASE', `Generation ${generation} is no longer in force; send the whole spec.`)

/** A journal that cannot be read must not cost the manager its machine: the agent starts as if it were new. */
const readJournal = async (store: Store): Promise<Journal> => {
  try {
    return await store.readJournal()
  } catch (thrown) {
    return {
      ...emptyJournal,
      lastFailure: failureOf(0, stepError('stage', undefined, thrown), new Date().toISOString()),
    }
  }
}

export const openEngine = async (options: EngineOptions): Promise<Engine> => {
  const machine = createMachine(options, await readJournal(options.store))
  const exclusively = createLock()
  let running: Running | undefined
  let recovered: Promise<void> = Promise.resolve()

  const validate = async (signed: SentSpec, timings: CommitResult['timings']): Promise<Document> => {
    try {
      return await admitDocument(machine, signed, timings)
    } catch (error) {
      throw stepError('validate', undefined, error)
    }
  }

  const commitNow = async (
    document: Document,
    seconds: number,
    timings: CommitResult['timings'],
  ): Promise<CommitResult> => {
    const { generation } = document.spec
    const admission = admit(machine.journal, { generation, digest: document.digest })
    if (admission === 'pending' && machine.pending !== null) return machine.pending.result
    if (admission === 'confirmed') return { generation, state: 'confirmed', actions: [], timings }
    if (document.base !== undefined && document.base.digest !== machine.journal.confirmed?.digest)
      throw stepError('validate', undefined, changedMeanwhile(document.base.generation))
    const start = performance.now()
    const applied = await applyDocument(machine, document, timings)
    machine.counters.lastCommitSeconds = (performance.now() - start) / 1000
    const result = awaitConfirm(machine, exclusively, applied, seconds)
    await passer(machine)('pending')
    return result
  }

  const commit = async (signed: SentSpec, seconds: number): Promise<CommitResult> => {
    await recovered.catch(() => undefined)
    const timings = {}
    let document: Document
    try {
      document = await validate(signed, timings)
      await passer(machine)('validated')
    } catch (thrown) {
      const error = stepError('validate', undefined, thrown)
      // Anyone may knock; only what our manager has signed is a failed commit.
      if (!isNoCommit(error) && machine.pending === null && running === undefined) {
        await exclusively(() => recordFailure(machine, generationOf(signed), error))
      }
      throw error
    }
    if (running !== undefined) {
      if (running.digest === document.digest) return running.result
      throw new SysvmError(
        'SYSVM_COMMIT_PENDING',
        'Another commit runs; wait for its result, then send the spec again.',
      )
    }
    const result = exclusively(() => commitNow(document, seconds, timings))
    running = { digest: document.digest, result }
    try {
      return await result
    } finally {
      running = undefined
    }
  }

  return {
    recover: () => {
      recovered = exclusively(() => recover(machine))
      return recovered
    },
    commit,
    confirm: async (generation, acceptedAt) => {
      await exclusively(() => confirm(machine, generation, acceptedAt))
      // A difference to it is then checked at once.
      setImmediate(() => machine.inForce && treeDigest(machine.inForce.json as object))
    },
    rollback: () =>
      exclusively(async () => {
        const generation = machine.pending?.generation
        if (generation === undefined) {
          throw new SysvmError('SYSVM_NOTHING_PENDING', 'No commit waits to be confirmed, so none is rolled back.')
        }
        await rollBack(machine, generation, requestedError(generation.generation))
      }),
    plan: async (signed) => {
      await recovered.catch(() => undefined)
      const document = readDocument(signed, machine.identity, machine.services)
      return planGeneration(machine.services, machine.inForce, await renderGeneration(document, machine.services))
    },
    drift: () => exclusively(() => driftOf(machine)),
    health: () => healthOf(machine.services, machine.pending?.generation ?? machine.inForce, machine.effects),
    state: async (name) => {
      const service = machine.services.find((candidate) => candidate.name === name)
      const spec = (machine.pending?.generation ?? machine.inForce)?.spec.services[name]
      if (service?.state === undefined || spec === undefined) {
        throw new SysvmError('SYSVM_NOT_FOUND', `No service ${name} runs here that tells its state.`)
      }
      return service.state(spec, machine.effects)
    },
    inForce: (use) =>
      exclusively(() => {
        const generation = machine.pending?.generation ?? machine.inForce
        if (generation === null)
          throw new SysvmError('SYSVM_NOT_FOUND', 'No generation is in force: the machine was never given a spec.')
        return use(generation.spec, machine.services)
      }),
    handOver: () =>
      exclusively(async () => {
        if (machine.pending === null) return handOver(machine)
        throw new SysvmError('SYSVM_COMMIT_PENDING', 'A commit waits to be confirmed; send the firmware after that.')
      }),
    checkFit: async () => {
      await recovered.catch(() => undefined)
      const { journal, inForce } = machine
      if (journal.confirmed === null || inForce !== null) return
      throw new SysvmError(
        'SYSVM_FIRMWARE_INVALID',
        `The firmware cannot read the spec in force: ${journal.lastFailure?.message ?? 'its journal says why'}`,
      )
    },
    generations: async () =>
      (await machine.store.list()).map((generation) => ({
        generation,
        state:
          generation === machine.journal.confirmed?.generation
            ? 'confirmed'
            : generation === machine.journal.open?.generation
              ? 'pending'
              : 'previous',
      })),
    status: () => ({
      confirmed: machine.journal.confirmed?.generation ?? null,
      pending:
        machine.pending === null
          ? null
          : {
              generation: machine.pending.generation.generation,
              confirmBefore: machine.pending.result.confirmBefore ?? '',
            },
      lastFailure: machine.journal.lastFailure,
    }),
    counters: () => machine.counters,
    metrics: () => metricsOf(machine),
    tick: (when) =>
      when === 'now'
        ? tickServices(machine)
        : exclusively(async () => {
            await tickServices(machine)
            await settle(machine)
          }),
  }
}

/** The number a refused document gives itself; 0 when not even that can be read. */
const generationOf = ({ bytes }: SignedSpec): number => {
  try {
    const { generation } = JSON.parse(bytes.toString('utf8')) as { generation?: unknown }
    return typeof generation === 'number' && Number.isSafeInteger(generation) ? generation : 0
  } catch {
    return 0
  }
}
