import type { Change, Effects } from '@sysvm/agent/service'
import { UNIT } from './plan.ts'
import type { NetbootSpec } from './spec.ts'

export const apply = async ({ before, after, files }: Change<NetbootSpec>, effects: Effects): Promise<void> => {
  if (after === undefined) return effects.unit('stop', UNIT)
  if (!(await effects.unitActive(UNIT))) return effects.unit('start', UNIT)
  if (before === undefined || files.length > 0) await effects.unit('reload', UNIT)
}
