import { messageOf } from '@sysvm/errors'
import { log } from '../log.ts'
import { giveUp, type KeptFirmware, moveLink, pointAt, readKept, readLink } from './kept.ts'
import type { FirmwareOwner } from './seal.ts'

/** What the launcher tells the agent that it starts, as JSON in this variable. */
export const RUNNING = 'SYSVM_FIRMWARE'

export interface RunningFirmware {
  readonly id: string
  /** Content hash of the image that it is the firmware of. */
  readonly image: string
  /** It ends with this process unless it is confirmed. */
  readonly trial: boolean
}

/** Link to the firmware in force: programs beside the agent run that, without the right to verify it. */
export const inForceLink = (run: string): string => `${run}/firmware`

export interface Chosen {
  /** Of the bundle to be run. */
  readonly path: string
  /** Undefined: the image's own. */
  readonly running?: RunningFirmware
  /** Of a trial: seconds until it must have been confirmed. */
  readonly seconds?: number
}

const kept = async (
  folder: string,
  id: string | undefined,
  owner: FirmwareOwner,
): Promise<KeptFirmware | undefined> => {
  if (id === undefined) return undefined
  try {
    return await readKept(folder, id, owner)
  } catch (error) {
    log('error', `the firmware ${id} on the disk is not used: ${messageOf(error)}`)
    return undefined
  }
}

const runningOf = ({ id, seal }: KeptFirmware, trial: boolean): RunningFirmware => ({ id, image: seal.image, trial })

/**
 * Which firmware an agent that starts is of. One is tried once: an agent that ends before the confirm, for whatever
 * reason, is followed by one of the firmware before.
 */
export const chooseFirmware = async (
  folder: string,
  run: string,
  image: string,
  owner: FirmwareOwner,
): Promise<Chosen> => {
  const tried = await readLink(folder, 'trial')
  if (tried !== undefined) await giveUp(folder, 'trial', tried, 'its agent ended before it was confirmed')
  const current = await kept(folder, await readLink(folder, 'current'), owner)
  await pointAt(inForceLink(run), current?.path ?? image)
  const id = await readLink(folder, 'next')
  const next = await kept(folder, id, owner)
  if (next !== undefined) {
    await moveLink(folder, 'next', 'trial')
    return { path: next.path, running: runningOf(next, true), seconds: next.seal.confirmSeconds }
  }
  if (id !== undefined) await giveUp(folder, 'next', id, 'what is on the disk does not check out')
  return current === undefined ? { path: image } : { path: current.path, running: runningOf(current, false) }
}
