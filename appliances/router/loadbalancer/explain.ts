import type { Decision, Reason } from '@sysvm/agent/service'
import { CLIENTS_TABLE } from './clients.ts'
import type { LoadBalancerSpec } from './spec.ts'
import { TABLE as UDP_TABLE } from './udp/table.ts'

/** Whose list of clients turned a packet away. */
const refusal = (spec: LoadBalancerSpec, { packet }: Decision): Reason | undefined => {
  const found = spec.rules.find(
    ({ address, port, protocol }) =>
      address === packet.destination &&
      port === packet.destinationPort &&
      (protocol === 'udp') === (packet.protocol === 'udp'),
  )
  return found && { says: `Load balancing rule ${found.id} takes other clients only.`, id: found.id }
}

/** Which rule takes a connection, in the router itself (TCP) or by translating it to a member (UDP). Pure. */
export const explain = (spec: LoadBalancerSpec, decision: Decision): Reason | undefined => {
  const { table, chain, rule, verdict, packet } = decision
  if (table === `ip ${CLIENTS_TABLE}`) return verdict === 'drop' ? refusal(spec, decision) : undefined
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
