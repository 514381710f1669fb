/** What waits between a connection that brings things and a loop that takes them. */
export interface Buffered<T> {
  push(item: T): void
  /** What is buffered is still given out; then the loop ends. */
  end(): void
  /** What is buffered is still given out; then the loop throws. */
  fail(error: unknown): void
  /** Ends at once, forgetting what is buffered. */
  stop(): void
  next(): Promise<IteratorResult<T, undefined>>
  readonly size: number
  /** Whether somebody waits for the next one. */
  readonly wanted: boolean
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void
  readonly reject: (error: unknown) => void
}

type Ending = { readonly error: unknown } | 'done'

/** A queue whose reader waits; the first end or failure counts, nothing is taken after it. */
export const createBuffer = <T>(): Buffered<T> => {
  // Taken from the end of one, put at the end of the other: each item is moved once, however many there are.
  let outgoing: T[] = []
  let incoming: T[] = []
  const waiters: Waiter<T>[] = []
  let ending: Ending | undefined

  const finish = (how: Ending): void => {
    if (ending !== undefined) return
    ending = how
    for (const waiter of waiters.splice(0)) settle(waiter)
  }
  const settle = ({ resolve, reject }: Waiter<T>): void => {
    if (ending === undefined || ending === 'done') {
      resolve({ value: undefined, done: true })
      return
    }
    const { error } = ending
    // Told once: a loop that asks again after its failure is over.
    ending = 'done'
    reject(error)
  }

  return {
    get size() {
      return outgoing.length + incoming.length
    },
    get wanted() {
      return waiters.length > 0
    },
    push: (item) => {
      if (ending !== undefined) return
      const waiter = waiters.shift()
      if (waiter === undefined) incoming.push(item)
      else waiter.resolve({ value: item, done: false })
    },
    end: () => finish('done'),
    fail: (error) => finish({ error }),
    stop: () => {
      outgoing = []
      incoming = []
      ending = 'done'
      for (const waiter of waiters.splice(0)) settle(waiter)
    },
    next: () => {
      if (outgoing.length === 0) {
        outgoing = incoming.reverse()
        incoming = []
      }
      if (outgoing.length > 0) return Promise.resolve({ value: outgoing.pop() as T, done: false })
      return new Promise((resolve, reject) => {
        const waiter = { resolve, reject }
        if (ending === undefined) waiters.push(waiter)
        else settle(waiter)
      })
    },
  }
}
