import type { Change, Effects } from '@sysvm/agent/service'
import { cutFlows } from '../firewall/cut.ts'
import { stillAllowed } from './flows.ts'
import { listenersOf } from './listeners.ts'
import { plan } from './plan.ts'
import { sidesOf } from './sides.ts'
import type { AclSpec } from './spec.ts'

/** The kernel has the lists already; what they no longer allow is ended here. */
export const apply = async ({ before, after, whole }: Change<AclSpec>, effects: Effects): Promise<void> => {
  if (after === undefined || whole === undefined) return
  if (before !== undefined && !plan({ before, after }).some(({ dropsFlows }) => dropsFlows)) return
  const sided = sidesOf(after, whole)
  await cutFlows((site) => stillAllowed(sided, listenersOf(whole), site), effects)
}
