import { SysvmError } from '@sysvm/errors'
import type { Generation } from './generation.ts'
import { type Machine, passer, recordFailure } from './machine.ts'
import { restore } from './restore.ts'

/** Restores the confirmed generation and then closes the journal with the reason. */
export const rollBack = async (machine: Machine, failed: Generation, error: SysvmError): Promise<void> => {
  const pass = passer(machine)
  if (machine.pending !== null) clearTimeout(machine.pending.timer)
  machine.counters.rollbacks += 1
  machine.emit('rollback', { from: failed.generation, to: machine.inForce?.generation ?? null, code: error.code })
  await pass('rollback-begun')
  const problems = await restore(machine, failed)
  const details = problems.length === 0 ? error.details : { ...error.details, rollback: problems }
  await recordFailure(machine, failed.generation, new SysvmError(error.code, error.message, { details, cause: error }))
  // Only now: until the reason is told, a caller must not take the commit for settled.
  machine.pending = null
  await machine.store.remove(failed.generation)
  await pass('rolled-back')
}

/** When the deadline passes without a confirm. */
export const timeoutError = (generation: number, seconds: number): SysvmError =>
  new SysvmError(
    'SYSVM_CONFIRM_TIMEOUT',
    `Generation ${generation} was not confirmed within ${seconds} s over a new connection, so it was rolled back.`,
    { details: { step: 'confirm', seconds } },
  )

export const requestedError = (generation: number): SysvmError =>
  new SysvmError('SYSVM_ROLLED_BACK', `Generation ${generation} was rolled back on request before it was confirmed.`, {
    details: { step: 'confirm' },
  })
