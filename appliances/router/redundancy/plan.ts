import type { Action, Change } from '@sysvm/agent/service'
import { CONNTRACKD_FILE, CONNTRACKD_UNIT, KEEPALIVED_FILE, KEEPALIVED_UNIT } from './names.ts'
import type { RedundancySpec } from './spec.ts'

const both = (verb: Action['verb'], why: string): readonly Action[] =>
  [CONNTRACKD_UNIT, KEEPALIVED_UNIT].map((target) => ({ verb, target, why, dropsFlows: verb === 'stop' }))

/** keepalived takes a new configuration without a word to its peer; conntrackd, with another peer or flows to leave out, begins anew. */
export const plan = ({ before, after, files }: Change<RedundancySpec>): readonly Action[] => {
  if (after === undefined) return before === undefined ? [] : both('stop', 'redundancy is no longer in the spec')
  if (before === undefined) return both('start', 'redundancy is in the spec')
  const differs = (file: string): boolean => files.some(({ path }) => path === file)
  return [
    ...(differs(CONNTRACKD_FILE)
      ? [{ verb: 'restart', target: CONNTRACKD_UNIT, why: 'it differs', dropsFlows: false } as const]
      : []),
    ...(differs(KEEPALIVED_FILE)
      ? [{ verb: 'reload', target: KEEPALIVED_UNIT, why: 'it differs', dropsFlows: false } as const]
      : []),
  ]
}
