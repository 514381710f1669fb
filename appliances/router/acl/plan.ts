import type { Action, Change } from '@sysvm/agent/service'
import { listAction } from '../firewall/plan.ts'
import type { AclSpec } from './spec.ts'

/** What differs between two specs of the ACLs. Pure. */
export const plan = ({ before, after }: Pick<Change<AclSpec>, 'before' | 'after'>): readonly Action[] => {
  const [old, next] = [before, after].map((spec) => new Map(spec?.devices.map((acl) => [acl.device, acl])))
  return [...new Set([...(old?.keys() ?? []), ...(next?.keys() ?? [])])].flatMap((device) =>
    (['ingress', 'egress'] as const).flatMap((side) =>
      listAction(`${side} ACL of ${device}`, old?.get(device)?.[side], next?.get(device)?.[side]),
    ),
  )
}
