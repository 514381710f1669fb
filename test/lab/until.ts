import { patience } from './patience.ts'

/** A question that has just been asked at the end of the time may still be answered: whole routers are asked. */
const LAST_MS = 15_000
const HUNG = Symbol('no answer')

const within = async <T>(asking: Promise<T>, ms: number): Promise<T | typeof HUNG> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<typeof HUNG>((resolve) => {
    timer = setTimeout(resolve, ms, HUNG)
  })
  try {
    return await Promise.race([asking, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Asks again and again until the answer is neither undefined nor false; the last error is kept as the cause. A question
 * that gets no answer is given up at the end of the time, and said to be what hung.
 * The time is an upper bound, longer on a machine under load, never a figure that a test asserts.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const end = performance.now() + patience(options.timeoutMs ?? 20_000)
  let cause: unknown
  for (let count = 1; ; count++) {
    const asking = Promise.resolve().then(ask)
    const answer = await within(asking, Math.max(patience(LAST_MS), end - performance.now())).catch(
      (error: unknown) => {
        cause = error
        return undefined
      },
    )
    if (answer === HUNG) throw new Error(`waited in vain until ${what}: question ${count} got no answer`, { cause })
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`, { cause })
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 50))
  }
}
