import type { AnyService, Effects } from '../service/index.ts'
import type { FaultPoint } from './faults.ts'
import { changeOf, type Generation } from './generation.ts'
import { inStep } from './steps.ts'

/** Services in the order in which they are brought to `to`: first those that go, last one first, then the others. */
export const applyOrder = (
  services: readonly AnyService[],
  from: Generation | null,
  to: Generation | null,
): AnyService[] => {
  const isOn = (generation: Generation | null, { name }: AnyService): boolean =>
    generation?.rendered[name] !== undefined
  return [
    ...services.filter((service) => isOn(from, service) && !isOn(to, service)).reverse(),
    ...services.filter((service) => isOn(to, service)),
  ]
}

export interface Applying {
  readonly services: readonly AnyService[]
  /** Null: no service runs, or nothing is known of what runs. */
  readonly from: Generation | null
  readonly to: Generation | null
  readonly effects: Effects
  readonly pass: (point: FaultPoint) => Promise<void>
}

/** Whether a service that stays has nothing to do for this change, as its own plan says. */
const isQuiet = ({ from, to }: Applying, service: AnyService): boolean =>
  from !== null &&
  from.rendered[service.name] !== undefined &&
  to?.rendered[service.name] !== undefined &&
  service.plan(changeOf(from, to, service.name)).length === 0

/**
 * The services' part of the step `apply`; stops at the first that fails. Those that the change does not touch only see
 * that they still run: all at once, after the others.
 */
export const applyServices = async (applying: Applying): Promise<void> => {
  const { services, from, to, effects, pass } = applying
  const apply = (service: AnyService): Promise<void> =>
    inStep('apply', service.name, () => service.apply(changeOf(from, to, service.name), effects))
  const order = applyOrder(services, from, to)
  const quiet = new Set(order.filter((service) => isQuiet(applying, service)))
  for (const service of order.filter((one) => !quiet.has(one))) {
    await apply(service)
    await pass('service-applied')
  }
  // All are waited for, so that none still works when a rollback begins.
  const results = await Promise.allSettled([...quiet].map(apply))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  for (const _ of quiet) await pass('service-applied')
}
