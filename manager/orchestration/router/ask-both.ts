import { setTimeout as sleep } from 'node:timers/promises'
import type { Told } from './pair.ts'

/** One that is well answers sooner. */
const PROMPT_MS = 1000

type Ask = () => Promise<Told | undefined>

/**
 * What two routers say of their roles, the second one asked when the first has answered. One that is gone takes long to be
 * given up, and must not keep from being heard who serves in its place: that one is then asked meanwhile, and believed.
 */
export const askBoth = async (
  [first, second]: readonly [Ask, Ask],
  promptMs = PROMPT_MS,
): Promise<readonly [Told | undefined, Told | undefined]> => {
  const asked = first()
  await Promise.race([asked, sleep(promptMs, undefined, { ref: false })])
  const other = await second()
  return [other?.state === 'PRIMARY' ? await Promise.race([asked, undefined]) : await asked, other]
}
