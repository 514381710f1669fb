import { ViciError } from '../errors.ts'
import { createBuffer } from './buffer.ts'

export interface SubscribeOptions {
  /** Events that may wait to be taken; beyond, the loop ends with VICI_OVERFLOW. 1024 by default. */
  readonly buffer?: number
  /** Ends the loop with VICI_ABORTED. */
  readonly signal?: AbortSignal
  /** Milliseconds that charon has to confirm; the events themselves may come as late as they like. */
  readonly timeoutMs?: number
}

/** Events as they come. They are registered already: none is missed between this and the loop. */
export interface Subscription<T> extends AsyncIterableIterator<T, undefined>, AsyncDisposable {
  /** Ends it; the loop ends without an error, what was not taken is lost. */
  close(): void
}

export interface Feed<T> {
  readonly subscription: Subscription<T>
  /** Whether a loop waits for the next one. */
  readonly wanted: boolean
  readonly push: (item: T) => void
  readonly fail: (error: unknown) => void
}

interface Watch {
  /** Called when a loop begins to wait. */
  readonly asked: () => void
  /** Called once, however it ends. */
  readonly ended: () => void
}

/** A subscription and its other side. The signal is not aborted yet. */
export const createFeed = <T>(
  what: string,
  { buffer: most = 1024, signal }: SubscribeOptions,
  { asked, ended }: Watch,
): Feed<T> => {
  const items = createBuffer<T>()
  let open = true
  const over = (): boolean => {
    if (!open) return false
    open = false
    signal?.removeEventListener('abort', onAbort)
    ended()
    return true
  }
  const fail = (error: unknown): void => {
    if (over()) items.fail(error)
  }
  const close = (): void => {
    over()
    items.stop()
  }
  const onAbort = (): void => {
    fail(new ViciError('VICI_ABORTED', `the events ${what} were given up`, { command: what, cause: signal?.reason }))
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  const finished = async (): Promise<IteratorResult<T, undefined>> => {
    close()
    return { value: undefined, done: true }
  }
  return {
    fail,
    get wanted() {
      return items.wanted
    },
    push: (item) => {
      if (!open) return
      if (items.size < most) return items.push(item)
      const text = `more than ${most} events ${what} waited to be taken`
      fail(new ViciError('VICI_OVERFLOW', text, { command: what }))
    },
    subscription: {
      next: () => {
        const next = items.next()
        asked()
        return next
      },
      return: finished,
      close,
      [Symbol.asyncIterator]() {
        return this
      },
      [Symbol.asyncDispose]: async () => close(),
    },
  }
}
