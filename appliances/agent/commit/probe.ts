import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@sysvm/errors'
import type { Health } from '../api/index.ts'
import type { AnyService, Effects } from '../service/index.ts'
import type { Generation } from './generation.ts'
import { inStep } from './steps.ts'

const LEAST_PATIENCE_MS = 10_000
/** Whoever sent the spec waits for a minute. */
const MOST_PATIENCE_MS = 45_000

/**
 * How long services may take until they serve, in milliseconds: ten times what the agent itself needed to start. An
 * emulated machine on a busy host needs many seconds for one process, and what is given up too early counts as a refused
 * spec, which nobody tries again.
 */
export const patienceOf = (ownStartMs: number): number =>
  Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, 10 * ownStartMs))
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 250

const probeUntil = async (probe: () => Promise<void>, deadline: number): Promise<void> => {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await probe()
    } catch (error) {
      if (performance.now() + pause > deadline) throw error
    }
    await sleep(pause)
  }
}

const running = (services: readonly AnyService[], generation: Generation): AnyService[] =>
  services.filter(({ name }) => generation.rendered[name] !== undefined)

/** The step `probe`: every service serves in time; rejects with the first that does not. */
export const probeGeneration = async (
  services: readonly AnyService[],
  generation: Generation,
  effects: Effects,
  patienceMs: number = LEAST_PATIENCE_MS,
): Promise<void> => {
  const deadline = performance.now() + patienceMs
  await Promise.all(
    running(services, generation).map((service) =>
      inStep('probe', service.name, () =>
        probeUntil(() => service.health(generation.spec.services[service.name], effects), deadline),
      ),
    ),
  )
}

/** Health right now, one probe each. */
export const healthOf = async (
  services: readonly AnyService[],
  generation: Generation | null,
  effects: Effects,
): Promise<Health> => {
  const probed = await Promise.all(
    (generation === null ? [] : running(services, generation)).map(async (service) => {
      try {
        const spec = generation?.spec.services[service.name]
        await service.health(spec, effects)
        await service.watch?.(spec, effects)
        return [service.name, { healthy: true }] as const
      } catch (error) {
        return [service.name, { healthy: false, reason: messageOf(error) }] as const
      }
    }),
  )
  return { healthy: probed.every(([, { healthy }]) => healthy), services: Object.fromEntries(probed) }
}
