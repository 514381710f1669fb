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

/** The services' part of the step `apply`; stops at the first that fails. */
export const applyServices = async ({ services, from, to, effects, pass }: Applying): Promise<void> => {
  for (const service of applyOrder(services, from, to)) {
    await inStep('apply', service.name, () => service.apply(changeOf(from, to, service.name), effects))
    await pass('service-applied')
  }
}
