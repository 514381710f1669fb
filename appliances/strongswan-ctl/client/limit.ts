import { ViciError } from '../errors.ts'

/** How long a call may take, and who may end it. */
export interface CallOptions {
  /** Milliseconds; `Infinity` waits for ever. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** The caller's limits, and what is usual where they leave it open. */
export const limitsOf = (options: CallOptions, usualMs: number): CallOptions => ({
  ...options,
  timeoutMs: options.timeoutMs ?? usualMs,
})

/** Longer than a timer can run is for ever. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * The promise, or VICI_TIMEOUT or VICI_ABORTED when that comes first; `givenUp` is then called before.
 * What it waits for goes on: VICI knows no way to take a request back.
 */
export const limited = <T>(
  what: string,
  promise: Promise<T>,
  { timeoutMs = Number.POSITIVE_INFINITY, signal }: CallOptions,
  givenUp: () => void = () => {},
): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    const giveUp = (error: ViciError): void => {
      done()
      givenUp()
      reject(error)
    }
    const onAbort = (): void =>
      giveUp(new ViciError('VICI_ABORTED', `${what} was given up`, { command: what, cause: signal?.reason }))
    const onTime = (): void =>
      giveUp(new ViciError('VICI_TIMEOUT', `${what} got no answer within ${timeoutMs} ms`, { command: what }))
    promise.then(
      (value) => {
        done()
        resolve(value)
      },
      (error: unknown) => {
        done()
        reject(error)
      },
    )
    if (signal?.aborted) onAbort()
    else {
      signal?.addEventListener('abort', onAbort, { once: true })
      if (timeoutMs <= LONGEST_MS) timer = setTimeout(onTime, timeoutMs)
    }
  })
