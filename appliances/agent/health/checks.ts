import { messageOf } from '@sysvm/errors'
import type { HealthCheck } from '../api/index.ts'
import type { AnyService, Effects, Wire } from '../service/index.ts'
import type { SpecEnvelope } from '../spec/index.ts'

type Probe = readonly [name: string, type: HealthCheck['type'], probe: () => Promise<void>]

const result = async ([name, type, probe]: Probe): Promise<HealthCheck> => {
  const checkedAt = () => new Date().toISOString()
  try {
    await probe()
    return { name, type, success: true, checkedAt: checkedAt() }
  } catch (error) {
    return { name, type, success: false, details: messageOf(error), checkedAt: checkedAt() }
  }
}

/**
 * Every service is asked (`basic`), those that depend on others for them, and used as its users do (`advanced`). What
 * uses the one wire comes one after the other.
 */
export const runChecks = async (
  spec: SpecEnvelope,
  services: readonly AnyService[],
  wire: Wire,
  effects: Effects,
): Promise<readonly HealthCheck[]> => {
  const running = services.flatMap((service) => {
    const own: unknown = spec.services[service.name]
    return own === undefined ? [] : [{ service, own }]
  })
  const asked = await Promise.all(
    running.flatMap(({ service, own }): Promise<HealthCheck>[] => [
      result([service.name, 'basic', () => service.health(own, effects)]),
      ...(service.watch === undefined
        ? []
        : [result([`${service.name}.peers`, 'advanced', async () => service.watch?.(own, effects)])]),
    ]),
  )
  const used: HealthCheck[] = []
  for (const { service, own } of running)
    if (service.exercise !== undefined)
      used.push(
        await result([`${service.name}.use`, 'advanced', async () => service.exercise?.(own, wire, effects, spec)]),
      )
  return [...asked, ...used]
}
