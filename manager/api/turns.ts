import { SysvmError } from '@sysvm/errors'
import { busy } from './bounds.ts'

/**
 * Work of which at most `most` is under way at once; the rest waits in the order in which it came, for `longestMs` at
 * most: then SYSVM_TIMEOUT. Where `longestLine` wait already, SYSVM_API_BUSY at once.
 */
export const createTurns = (most: number, longestMs: number, longestLine = Number.POSITIVE_INFINITY) => {
  let underWay = 0
  const line: (() => void)[] = []
  const enter = (): Promise<void> => {
    if (underWay < most) {
      underWay += 1
      return Promise.resolve()
    }
    if (line.length >= longestLine) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      const next = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        line.splice(line.indexOf(next), 1)
        const seconds = Math.round(longestMs / 1000)
        reject(
          new SysvmError(
            'SYSVM_TIMEOUT',
            `The manager is busy: ${line.length} calls wait for ${seconds} s. Try again.`,
          ),
        )
      }, longestMs)
      line.push(next)
    })
  }
  /** Whoever comes next has the place of who leaves. */
  const leave = (): void => {
    const next = line.shift()
    if (next === undefined) underWay -= 1
    else next()
  }
  return async <T>(work: () => Promise<T>): Promise<T> => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
