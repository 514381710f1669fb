import { round } from '../bench.ts'

/** Longest wait for any one thing. */
const MOST_MS = 90_000

/** Resolves when it is so, or after the longest wait: then the figure says that long, and the bench goes on. */
export const soon = async (what: string, ask: () => Promise<boolean>, everyMs = 50): Promise<void> => {
  const end = performance.now() + MOST_MS
  while (!(await ask())) {
    if (performance.now() > end) return console.error(`not within ${MOST_MS / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

/** Seconds. */
export const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await work()
  return round((performance.now() - started) / 1000)
}
