import type { World } from '../world.ts'

/** Asks routers, or pairs of them, the first ones first, a few at a time. One that does not answer holds up no other. */
export const eachRouter = async <T>(
  { log }: World,
  routers: readonly T[],
  atOnce: number,
  ask: (router: T) => Promise<void>,
  what: string,
): Promise<void> => {
  const due = routers.toReversed()
  const worker = async (): Promise<void> => {
    for (let one = due.pop(); one !== undefined; one = due.pop()) {
      try {
        await ask(one)
      } catch (err) {
        log.debug({ router: one, err }, `${what} of a router could not be read`)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
