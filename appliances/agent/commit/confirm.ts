import { SysvmError } from '@sysvm/errors'
import { confirmed } from './journal.ts'
import { type Machine, passer } from './machine.ts'
import { inStep } from './steps.ts'

const wrongConnection = (generation: number): SysvmError =>
  new SysvmError(
    'SYSVM_CONFIRM_CONNECTION',
    `Generation ${generation} must be confirmed over an SSH connection opened after its commit; this one is older.`,
    { details: { generation } },
  )

/**
 * Makes the pending generation the confirmed one. `acceptedAt` (monotonic milliseconds) is when the caller's
 * connection was accepted: one from before the commit proves nothing about the new firewall. Since a new channel of
 * an old SSH connection looks new here, a new SSH session must have been opened, too. Repeating a confirm is a no-op.
 */
export const confirm = async (machine: Machine, generation: number, acceptedAt: number): Promise<void> => {
  const { pending, journal, store, live } = machine
  if (pending === null || pending.generation.generation !== generation) {
    if (pending === null && journal.confirmed?.generation === generation) return
    const message = `Generation ${generation} does not wait to be confirmed; the status says what does.`
    throw new SysvmError('SYSVM_NOTHING_PENDING', message, { details: { generation } })
  }
  if (acceptedAt < pending.since.monotonic || !(await machine.freshSession(pending.since.uptime))) {
    throw wrongConnection(generation)
  }
  const pass = passer(machine)
  await pass('confirming')
  const next = confirmed(journal)
  await inStep('confirm', undefined, () => store.writeJournal(next))
  clearTimeout(pending.timer)
  machine.journal = next
  machine.inForce = pending.generation
  machine.known = true
  machine.pending = null
  machine.counters.confirms += 1
  machine.emit('confirmed', { generation })
  await pass('confirmed')
  await live.sweep()
  await store.prune([generation])
}
