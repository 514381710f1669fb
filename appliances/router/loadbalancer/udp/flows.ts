import type { Effects } from '@sysvm/agent/service'
import { endFlows, type Flow, readFlows } from '../../flows.ts'
import type { Member } from '../spec.ts'
import type { UdpRule } from './document.ts'

export const udpFlows = (effects: Effects): Promise<readonly Flow[]> => readFlows(effects, '-p', 'udp', '--dst-nat')

export const isOf =
  ({ address, port }: Pick<UdpRule, 'address' | 'port'>) =>
  ({ original }: Flow): boolean =>
    original.destination === address && original.destinationPort === port

/** Whether one of these members answers the flow. */
const isAllowed = ({ reply }: Flow, members: readonly Member[]): boolean =>
  members.some(({ address, port }) => address === reply.source && port === reply.sourcePort)

/**
 * Flows of these listeners to members that take none any more. Their clients' next datagram begins a new one: a flow
 * that is kept up would never leave a dead member.
 */
export const staleFlows = (
  flows: readonly Flow[],
  listeners: readonly Pick<UdpRule, 'address' | 'port'>[],
  rules: readonly UdpRule[],
  members: (rule: UdpRule) => readonly Member[],
): readonly Flow[] =>
  flows
    .filter((flow) => listeners.some((listener) => isOf(listener)(flow)))
    .filter((flow) => {
      const rule = rules.find((candidate) => isOf(candidate)(flow))
      return rule === undefined || !isAllowed(flow, members(rule))
    })

export const cut = async (
  effects: Effects,
  listeners: readonly Pick<UdpRule, 'address' | 'port'>[],
  rules: readonly UdpRule[],
  members: (rule: UdpRule) => readonly Member[],
): Promise<void> => {
  if (listeners.length === 0) return
  await endFlows(staleFlows(await udpFlows(effects), listeners, rules, members), effects)
}
