import type { Change, Effects } from '@sysvm/agent/service'
import { plan, UNIT } from './plan.ts'
import type { DnsSpec } from './spec.ts'

/** Least disturbance first: nothing, a reload for records, a restart for anything else. */
export const apply = async (change: Change<DnsSpec>, effects: Effects): Promise<void> => {
  if (change.after === undefined) return effects.unit('stop', UNIT)
  if (!(await effects.unitActive(UNIT))) return effects.unit('start', UNIT)
  // Running, though nothing is known of with what.
  if (change.before === undefined) return effects.unit('restart', UNIT)
  const [action] = plan(change)
  if (action?.verb === 'reload' || action?.verb === 'restart') await effects.unit(action.verb, UNIT)
}
