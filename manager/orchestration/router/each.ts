import type { World } from '../world.ts'

/** Asks these routers, the first ones first, a few at a time. One that does not answer holds up no other. */
export const eachRouter = async (
  { log }: World,
  routers: readonly string[],
  atOnce: number,
  ask: (router: string) => Promise<void>,
  what: string,
): Promise<void> => {
  const due = routers.toReversed()
  const worker = async (): Promise<void> => {
    for (let id = due.pop(); id !== undefined; id = due.pop()) {
      try {
        await ask(id)
      } catch (err) {
        log.debug({ router: id, err }, `${what} of a router could not be read`)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
