import { messageOf } from '@sysvm/errors'
import { log } from '../log.ts'
import type { AnyService, MetricFamily } from '../service/index.ts'
import type { SpecEnvelope } from '../spec/index.ts'
import type { Machine } from './machine.ts'

interface Running {
  readonly service: AnyService
  readonly spec: unknown
  readonly whole: SpecEnvelope
}

/** The services of the generation that serves, with their specs. */
const runningOf = ({ services, pending, inForce }: Machine): readonly Running[] => {
  const generation = pending?.generation ?? inForce
  const whole = generation?.spec
  return services.flatMap((service) => {
    const spec = whole?.services[service.name]
    return whole === undefined || spec === undefined ? [] : [{ service, spec, whole }]
  })
}

/** Lets every service do what it does from time to time; a failure is logged and tried again at the next. */
export const tickServices = async (machine: Machine): Promise<void> => {
  await Promise.all(
    runningOf(machine).map(async ({ service, spec, whole }) => {
      try {
        await service.tick?.(spec, machine.effects, whole)
      } catch (error) {
        log('warning', `${service.name}: ${messageOf(error)}`)
      }
    }),
  )
}

/** What the services measure; one that cannot tell right now is left out. */
export const metricsOf = async (machine: Machine): Promise<readonly MetricFamily[]> => {
  const families = await Promise.all(
    runningOf(machine).map(({ service, spec }) =>
      (service.metrics?.(spec, machine.effects) ?? Promise.resolve([])).catch(() => []),
    ),
  )
  return families.flat()
}
