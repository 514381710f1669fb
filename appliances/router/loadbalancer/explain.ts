import type { Decision, Reason } from '@sysvm/agent/service'
import type { LoadBalancerSpec } from './spec.ts'
import { TABLE as UDP_TABLE } from './udp/table.ts'

/** Which rule takes a connection, in the router itself (TCP) or by translating it to a member (UDP). Pure. */
export const explain = (
  spec: LoadBalancerSpec,
  { table, chain, rule, verdict, packet }: Decision,
): Reason | undefined => {
  const udp = table === UDP_TABLE && chain.startsWith('rule-')
  const tcp = chain === 'balanced' || rule.includes('@lb_listeners')
  if (verdict === 'continue' || !(udp || (tcp && verdict !== 'drop'))) return undefined
  const found = spec.rules.find(
    ({ address, port, protocol }) =>
      address === packet.destination && port === packet.destinationPort && (protocol === 'udp') === udp,
  )
  if (found === undefined) return undefined
  const name = `oad balancing rule ${found.id}`
  return { says: verdict === 'drop' ? `No member of l${name} serves.` : `L${name} takes it.`, id: found.id }
}
