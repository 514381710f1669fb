import { messageOf, SysvmError } from '@sysvm/errors'
import { log } from '../log.ts'
import { type Generation, renderGeneration } from './generation.ts'
import { takeOver } from './handover.ts'
import type { Known } from './journal.ts'
import { type Machine, recordFailure } from './machine.ts'
import { readApplied, restore } from './restore.ts'
import { rollBack } from './rollback.ts'
import { stepError } from './steps.ts'
import { readStored } from './stored.ts'

/** Reads, verifies and renders a generation that was accepted earlier. */
const loadGeneration = async (machine: Machine, known: Known): Promise<Generation> =>
  renderGeneration(await readStored(machine, known), machine.services)

const interrupted = (generation: number): SysvmError =>
  new SysvmError(
    'SYSVM_COMMIT_INTERRUPTED',
    `The machine or its agent stopped while generation ${generation} was committed; the confirmed one was restored.`,
    { details: { step: 'apply' } },
  )

const loadConfirmed = async (machine: Machine): Promise<void> => {
  const { confirmed } = machine.journal
  if (confirmed === null) return
  try {
    machine.inForce = await takeOver(machine, await loadGeneration(machine, confirmed))
  } catch (thrown) {
    // Without it the machine still answers its manager, which can send a new one.
    await recordFailure(machine, confirmed.generation, stepError('validate', undefined, thrown))
  }
}

/**
 * What an agent does first. An open journal: roll back to the confirmed generation. Else, unless this boot's kernel
 * and daemons are known to be in it, bring them there; a restarted agent finds them so and disturbs nothing.
 */
export const recover = async (machine: Machine): Promise<void> => {
  await loadConfirmed(machine)
  const { open } = machine.journal
  if (open !== null) {
    const failed = await loadGeneration(machine, open).catch((error: unknown) => {
      log('warning', `the open generation ${open.generation} cannot be read: ${messageOf(error)}`)
      return undefined
    })
    if (failed !== undefined) return rollBack(machine, failed, interrupted(open.generation))
    await restore(machine, null)
    return recordFailure(machine, open.generation, interrupted(open.generation))
  }
  const applied = await readApplied(machine)
  if (applied !== undefined && applied === (machine.inForce?.digest ?? null)) {
    machine.known = true
    return
  }
  if (machine.inForce === null) {
    machine.known = applied === undefined
    return
  }
  const problems = await restore(machine, null)
  machine.emit('restored', { generation: machine.inForce.generation, problems })
  if (problems.length === 0) return
  const error = new SysvmError(
    'SYSVM_APPLY_FAILED',
    `The confirmed generation was not wholly restored: ${problems.join('; ')}`,
    {
      details: { step: 'apply' },
    },
  )
  await recordFailure(machine, machine.inForce.generation, error)
}
