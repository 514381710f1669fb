import type { Action } from '@sysvm/agent/service'
import { planPeople } from '../remoteaccess/plan.ts'
import type { L2tp } from './spec.ts'

/** Secrets are compared, never shown. */
export const planL2tp = (before: L2tp | undefined, after: L2tp | undefined): readonly Action[] =>
  planPeople({ vpn: 'L2TP VPN', user: 'L2TP user' }, before, after)
