import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { messageOf, SysvmError } from '@sysvm/errors'
import { log } from '../log.ts'

/** The machine's memory of who manages it: the highest epoch that any request carried. */
export interface Fence {
  /** Notes the request's epoch, the text of its header. Throws SYSVM_FENCED when it would change something and is of the past. */
  pass(epoch: string, changes: boolean): void
}

const EPOCH = /^\d{1,15}$/

const recall = (file: string): number => {
  try {
    const known = readFileSync(file, 'utf8').trim()
    return EPOCH.test(known) ? Number(known) : 0
  } catch {
    return 0
  }
}

const remember = (file: string, epoch: number): void => {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, `${epoch}\n`, { flush: true })
    renameSync(`${file}.new`, file)
  } catch (error) {
    // It still holds for as long as this process lives.
    log('warning', `the epoch ${epoch} could not be written down: ${messageOf(error)}`)
  }
}

/**
 * A request that only looks is always answered. Whoever says no epoch is alone, or a person. In one step, so that nothing
 * comes between what is compared and what is noted.
 */
export const openFence = (file: string): Fence => {
  let seen = recall(file)
  return {
    pass: (text, changes) => {
      if (text === '') return
      if (!EPOCH.test(text)) throw new SysvmError('SYSVM_REQUEST_INVALID', 'The epoch of the request is not a number.')
      const epoch = Number(text)
      if (epoch > seen) {
        seen = epoch
        remember(file, epoch)
      }
      if (changes && epoch < seen)
        throw new SysvmError(
          'SYSVM_FENCED',
          `This machine obeys another manager since the epoch ${seen}; the request is of ${epoch}: nothing was done.`,
          { details: { seen, epoch } },
        )
    },
  }
}
