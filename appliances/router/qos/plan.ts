import type { Action, Change } from '@sysvm/agent/service'
import type { QosSpec } from './spec.ts'

const rates = (spec: QosSpec | undefined): ReadonlyMap<string, number> =>
  new Map([
    ...(spec?.networks ?? []).map(({ device, mbit }) => [device, mbit] as const),
    ...(spec?.addresses ?? []).map(({ address, mbit }) => [address, mbit] as const),
  ])

const words = (mbit: number | undefined): string => (mbit === undefined ? 'not limited' : `limited to ${mbit} Mbit/s`)

/** Flows go on, faster or slower. */
export const plan = ({ before, after }: Change<QosSpec>): readonly Action[] => {
  const old = rates(before)
  const next = rates(after)
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((what) => old.get(what) !== next.get(what))
    .map((what) => ({
      verb: 'update',
      target: `rate of ${what}`,
      why: `it is ${words(next.get(what))}, was ${words(old.get(what))}`,
      dropsFlows: false,
    }))
}
