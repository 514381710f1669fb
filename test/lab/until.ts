/**
 * Asks again and again until the answer is neither undefined nor false; the last error is kept as the cause.
 * The time is an upper bound for a machine under load, never a figure that a test asserts.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const end = performance.now() + (options.timeoutMs ?? 20_000)
  let cause: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      cause = error
    }
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`, { cause })
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 50))
  }
}
