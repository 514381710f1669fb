import { SysvmError } from '@sysvm/errors'
import type { FirmwareAnswer, FirmwareStatus } from '../api/index.ts'
import type { FreshSession } from '../commit/machine.ts'
import { inForceLink, type RunningFirmware } from './choose.ts'
import { idOf, keep, moveLink, pointAt, readFailed, readKept, readLink, setLink, sweepKept } from './kept.ts'
import { type FirmwareOwner, openSeal, type SignedSeal } from './seal.ts'

export interface PatchOptions {
  /** On the machine's disk. */
  readonly folder: string
  /** On tmpfs. */
  readonly run: string
  readonly owner: FirmwareOwner
  readonly running: RunningFirmware | null
  /** Seconds from the machine's boot to this agent's start. */
  readonly startedAt: number
  readonly freshSession: FreshSession
  /** Leaves the agent that follows what it must know; rejects while it must not be ended. */
  readonly handOver: () => Promise<void>
  /** Rejects when this firmware does not fit the spec in force. */
  readonly checkFit: () => Promise<void>
  /** Has the programs beside the agent run the firmware in force. */
  readonly follow: () => Promise<void>
}

/** Takes firmware from the manager and says what became of it. */
export interface Patches {
  status(): FirmwareStatus
  /** With `again` also what runs already is started anew. After `staged` the agent must end. */
  accept(signed: SignedSeal, bundle: Uint8Array, again: boolean): Promise<FirmwareAnswer>
  confirm(id: string): Promise<void>
}

export const openPatches = async (options: PatchOptions): Promise<Patches> => {
  const { folder, run, owner } = options
  let { running } = options
  let staged: string | null = null
  const failed = await readFailed(folder)
  await sweepKept(folder)

  const accept = async (signed: SignedSeal, bundle: Uint8Array, again: boolean): Promise<FirmwareAnswer> => {
    openSeal(signed, bundle, owner)
    const id = idOf(signed)
    if (staged === id) return { id, state: 'staged' }
    if (running?.id === id && running.trial) return { id, state: 'trial' }
    if (running?.id === id && !again) return { id, state: 'confirmed' }
    if (running?.trial === true || staged !== null)
      throw new SysvmError('SYSVM_FIRMWARE_PENDING', 'Another firmware is on trial; confirm it or wait for its end.')
    // Before anything else: it says whether the agent may be ended now.
    await options.handOver()
    const there = await readKept(folder, id, owner).catch(() => undefined)
    if (there === undefined) await keep(folder, signed, bundle)
    await setLink(folder, 'next', id)
    staged = id
    return { id, state: 'staged' }
  }

  const confirm = async (id: string): Promise<void> => {
    if (running?.id !== id)
      throw new SysvmError('SYSVM_NOTHING_PENDING', 'That firmware does not run here; the status says what does.')
    if (!running.trial) return
    if (!(await options.freshSession(options.startedAt)))
      throw new SysvmError(
        'SYSVM_CONFIRM_CONNECTION',
        'A firmware must be confirmed over an SSH connection opened after its start; this one is older.',
      )
    await options.checkFit()
    await moveLink(folder, 'trial', 'current')
    running = { ...running, trial: false }
    const link = (await readLink(folder, 'current')) ?? id
    await pointAt(inForceLink(run), `${folder}/${link}/firmware.mjs`)
    await options.follow()
    await sweepKept(folder)
  }

  // One after the other: a confirm and another firmware that comes must not meet.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
  return {
    status: () => ({ running, staged, failed }),
    accept: (signed, bundle, again) => inTurn(() => accept(signed, bundle, again)),
    confirm: (id) => inTurn(() => confirm(id)),
  }
}
