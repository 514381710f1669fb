import { SysvmError } from '@sysvm/errors'
import { busy } from './bounds.ts'

type Next = () => void

/** Who waits: of each one the calls in the order in which they came. */
const createLine = () => {
  const queues = new Map<string, Next[]>()
  let length = 0
  return {
    length: () => length,
    push: (who: string, next: Next): void => {
      length += 1
      const queue = queues.get(who)
      if (queue === undefined) queues.set(who, [next])
      else queue.push(next)
    },
    remove: (who: string, next: Next): void => {
      const queue = queues.get(who)?.filter((one) => one !== next) ?? []
      length -= 1
      if (queue.length === 0) queues.delete(who)
      else queues.set(who, queue)
    },
    /** Of whoever waits longest for a turn; the next one is another's. */
    shift: (): Next | undefined => {
      for (const [who, queue] of queues) {
        const next = queue.shift()
        queues.delete(who)
        if (queue.length > 0) queues.set(who, queue)
        if (next !== undefined) length -= 1
        return next
      }
      return undefined
    },
  }
}

/**
 * Work of which at most `most` is under way at once; the rest waits for `longestMs` at most: then SYSVM_TIMEOUT. All who
 * wait have their turns one after the other, so that nobody waits until all is done that one other wants. Where
 * `longestLine` wait already, SYSVM_API_BUSY at once.
 */
export const createTurns = (most: number, longestMs: number, longestLine = Number.POSITIVE_INFINITY) => {
  let underWay = 0
  const line = createLine()
  const enter = (who: string): Promise<void> => {
    if (underWay < most) {
      underWay += 1
      return Promise.resolve()
    }
    if (line.length() >= longestLine) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      const next = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        line.remove(who, next)
        const seconds = Math.round(longestMs / 1000)
        reject(
          new SysvmError(
            'SYSVM_TIMEOUT',
            `The manager is busy: ${line.length()} calls wait for ${seconds} s. Try again.`,
          ),
        )
      }, longestMs)
      line.push(who, next)
    })
  }
  /** Whoever comes next has the place of who leaves. */
  const leave = (): void => {
    const next = line.shift()
    if (next === undefined) underWay -= 1
    else next()
  }
  return async <T>(work: () => Promise<T>, who = ''): Promise<T> => {
    await enter(who)
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
