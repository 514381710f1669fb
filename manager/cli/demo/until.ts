import { setTimeout as sleep } from 'node:timers/promises'
import { SysvmError } from '@sysvm/errors'

/** Asks until the answer is neither undefined nor false. SYSVM_TIMEOUT after `timeoutMs`. */
export const until = async <T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  everyMs = 100,
): Promise<T> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadline) {
      throw new SysvmError('SYSVM_TIMEOUT', `waited ${Math.round(timeoutMs / 1000)} s for this in vain: ${what}`)
    }
    await sleep(everyMs)
  }
}
