import type { Change, Effects } from '@sysvm/agent/service'
import { plan, unitOf } from './plan.ts'
import type { DnsSpec } from './spec.ts'

/** A glob of systemctl(1): it names those that are loaded, none included. */
const ALL = unitOf('*')

/** Least disturbance first, view by view: nothing, a reload for records, a restart for anything else. */
export const apply = async (change: Change<DnsSpec>, effects: Effects): Promise<void> => {
  // Whatever runs may be of any generation, also of one that was undone.
  if (change.before === undefined || change.after === undefined) await effects.unit('stop', ALL)
  const actions = plan(change)
  for (const { target } of actions.filter(({ verb }) => verb === 'stop')) await effects.unit('stop', target)
  for (const { device } of change.after?.views ?? []) {
    const unit = unitOf(device)
    const verb = actions.find(({ target }) => target === unit)?.verb
    if (!(await effects.unitActive(unit))) await effects.unit('start', unit)
    // One that runs though it should be new was left by a commit that stopped half-way.
    else if (verb === 'start' || verb === 'restart') await effects.unit('restart', unit)
    else if (verb === 'reload') await effects.unit('reload', unit)
  }
}
