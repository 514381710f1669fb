import type { Decision, Reason } from '@sysvm/agent/service'
import type { SpecEnvelope } from '@sysvm/agent/spec'
import { listReason } from '../firewall/explain.ts'
import { chainFrom, chainTo } from '../firewall/networks.ts'
import { sidesOf } from './sides.ts'
import type { AclSpec } from './spec.ts'

/** What the list of a tier or private gateway did to a packet. Pure. */
export const explain = (
  spec: AclSpec,
  { table, chain, verdict, packet }: Decision,
  whole: SpecEnvelope,
): Reason | undefined => {
  if (table !== 'inet sysvm_filter' || verdict === 'continue') return undefined
  for (const { device, from, to } of sidesOf(spec, whole)) {
    if (chain === chainFrom(device)) return listReason(from.list, `ACL of ${device}, ${from.side}`, packet)
    if (chain === chainTo(device)) return listReason(to.list, `ACL of ${device}, ${to.side}`, packet)
  }
  return undefined
}
