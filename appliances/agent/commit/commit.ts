import { isSysvmError } from '@sysvm/errors'
import type { CommitResult, Step } from '../api/index.ts'
import { applyServices } from './apply.ts'
import { checkGeneration } from './check.ts'
import { amendDocument, type Document, readDocument } from './document.ts'
import { type Generation, renderGeneration } from './generation.ts'
import { begun } from './journal.ts'
import { type Machine, passer, recordFailure } from './machine.ts'
import { loadTransaction } from './netfilter.ts'
import { planActions } from './plan.ts'
import { probeGeneration } from './probe.ts'
import { clearApplied, markApplied } from './restore.ts'
import { rollBack } from './rollback.ts'
import { inStep, stepError } from './steps.ts'
import type { SentSpec } from './store.ts'
import { refuseLongChain } from './stored.ts'

type Timings = Partial<Record<Step, number>>

/** Runs work as a step and notes how long it took. */
const timer =
  (timings: Timings) =>
  async <T>(step: Step, work: () => Promise<T> | T): Promise<T> => {
    const start = performance.now()
    try {
      return await inStep(step, undefined, work)
    } finally {
      timings[step] = (timings[step] ?? 0) + Math.round((performance.now() - start) * 10) / 10
    }
  }

interface Staged {
  readonly generation: Generation
  readonly folder: string
  readonly transaction: string
}

/** Everything that can be done beside the generation in force: nothing that serves is touched. */
const prepare = async (machine: Machine, document: Document, step: ReturnType<typeof timer>): Promise<Staged> => {
  const { services, inForce, known, live, effects, store } = machine
  const pass = passer(machine)
  const generation = await step('render', () => renderGeneration(document, services))
  await pass('rendered')
  const folder = await step('stage', () => live.write(generation))
  await pass('written')
  const transaction = await step('check', () => checkGeneration(services, inForce, known, generation, folder, effects))
  await pass('checked')
  await step('stage', () => store.writeSpec(generation.generation, document))
  await pass('stored')
  return { generation, folder, transaction }
}

/** Everything that changes what serves. The journal is open: whoever is stopped in here rolls back. */
const enact = async (machine: Machine, staged: Staged, step: ReturnType<typeof timer>): Promise<void> => {
  const { services, inForce, known, live, effects } = machine
  const { generation, folder, transaction } = staged
  const pass = passer(machine)
  await step('apply', async () => {
    await clearApplied(machine)
    await live.swap(folder)
    await pass('swapped')
    await inStep('apply', 'netfilter', () => loadTransaction(transaction, effects))
    await pass('netfilter-loaded')
    await applyServices({ services, from: known ? inForce : null, to: generation, effects, pass })
  })
  await pass('applied')
  await step('probe', () => probeGeneration(services, generation, effects, machine.patienceMs))
  await pass('probed')
  await markApplied(machine, generation)
}

export interface Applied {
  readonly generation: Generation
  readonly result: Omit<CommitResult, 'state' | 'confirmBefore'>
}

/**
 * Brings the machine to the document's generation, up to the point where a confirm is awaited. On failure the
 * generation in force serves as before, the reason is recorded, and the error names step, service and line.
 */
export const applyDocument = async (machine: Machine, document: Document, timings: Timings): Promise<Applied> => {
  const step = timer(timings)
  const pass = passer(machine)
  const { generation } = document.spec
  machine.counters.commits += 1
  machine.emit('commit', { generation })
  let staged: Staged
  try {
    staged = await prepare(machine, document, step)
    machine.journal = begun(machine.journal, { generation, digest: document.digest })
    await step('stage', () => machine.store.writeJournal(machine.journal))
  } catch (thrown) {
    const error = stepError('stage', undefined, thrown)
    // Closed before the folders go: a journal that reached the disk in spite of the error must find its spec.
    await recordFailure(machine, generation, error)
    await machine.store.remove(generation)
    await machine.live.sweep()
    throw error
  }
  try {
    await pass('journaled')
    const actions = planActions(machine.services, machine.inForce, staged.generation)
    await enact(machine, staged, step)
    return { generation: staged.generation, result: { generation, actions, timings } }
  } catch (thrown) {
    const error = stepError('apply', undefined, thrown)
    await rollBack(machine, staged.generation, error)
    throw error
  }
}

/** The step `validate`. What does not even fit is recorded too, unless nobody of ours has signed it. */
export const admitDocument = async (machine: Machine, sent: SentSpec, timings: Timings): Promise<Document> => {
  const step = timer(timings)
  const { inForce, identity, services } = machine
  return step('validate', async () => {
    if (sent.as === 'whole') return readDocument(sent, identity, services)
    const document = amendDocument(sent, inForce, identity, services)
    if (document.base !== undefined) await refuseLongChain(machine, document.base.generation)
    return document
  })
}

/** Another one than our manager's has been here, or it took the machine for one that holds another document. */
export const isNoCommit = (error: unknown): boolean =>
  isSysvmError(error, 'SYSVM_SPEC_SIGNATURE') || isSysvmError(error, 'SYSVM_SPEC_BASE')
