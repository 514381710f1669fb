import type { Effects } from '@sysvm/agent/service'
import { networksOfRange } from '@sysvm/agent/spec'
import { endFlows, type Flow, readFlows } from '../flows.ts'
import { covers } from '../nat/covers.ts'
import type { VpnSpec } from './spec.ts'

/** Networks of people's machines. Pure. */
export const peopleOf = (spec: VpnSpec | undefined): readonly string[] =>
  [spec?.remoteAccess, spec?.l2tp].flatMap((people) => (people === undefined ? [] : networksOfRange(people.pool)))

/** Networks behind tunnels, those of people's machines last. Pure. */
export const remoteOf = (spec: VpnSpec | undefined): readonly string[] => [
  ...(spec?.connections ?? []).flatMap(({ remote }) => remote.subnets),
  ...peopleOf(spec),
]

/**
 * Connections that would go on the way that they began: those to a subnet that has a tunnel now, translated, and those
 * with one that has none any more. Pure.
 */
export const astray = (
  flows: readonly Flow[],
  before: readonly string[],
  after: readonly string[],
): readonly Flow[] => {
  const [was, now] = [covers(before), covers(after)]
  const gone = (address: string): boolean => was(address) && !now(address)
  return flows.filter(
    ({ original, reply }) =>
      (now(original.destination) && reply.destination !== original.source) ||
      gone(original.destination) ||
      gone(original.source),
  )
}

/** Ends them, where the networks behind tunnels are others than before. */
export const endAstray = async (
  before: VpnSpec | undefined,
  after: VpnSpec | undefined,
  effects: Effects,
): Promise<void> => {
  const [old, next] = [remoteOf(before), remoteOf(after)]
  if (old.join() === next.join()) return
  await endFlows(astray(await readFlows(effects), old, next), effects)
}
