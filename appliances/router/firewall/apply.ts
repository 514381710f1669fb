import type { Change, Effects } from '@sysvm/agent/service'
import { interfacesOf, servicesOf } from '../whole.ts'
import { cutFlows } from './cut.ts'
import { stillAllowed } from './flows.ts'
import { plan } from './plan.ts'
import type { FirewallSpec } from './spec.ts'

/** The kernel has the rules already; what they no longer allow is ended here. */
export const apply = async ({ before, after, whole }: Change<FirewallSpec>, effects: Effects): Promise<void> => {
  if (after === undefined || whole === undefined) return
  // Without a known state before, any connection may be one that nobody allows.
  if (before !== undefined && !plan({ before, after }).some(({ dropsFlows }) => dropsFlows)) return
  const byAcl = new Set(servicesOf(whole).acl?.devices.map(({ device }) => device))
  const devices = interfacesOf(whole, 'guest')
    .map(({ device }) => device)
    .filter((device) => !byAcl.has(device))
  await cutFlows((site) => stillAllowed(after, devices, site), effects)
}
