import type { Effects } from '@sysvm/agent/service'
import { messageOf } from '@sysvm/errors'
import { type Flow, readFlows } from '../../flows.ts'
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

/** Words of conntrack(8) that end all flows of a listener to one member, however many there are: one walk each. Pure. */
export const deletions = (flows: readonly Flow[]): readonly (readonly string[])[] => {
  const groups = flows.map(({ original, reply }) => [
    ...['--orig-dst', original.destination, '--orig-port-dst', String(original.destinationPort)],
    ...['--reply-src', reply.source, '--reply-port-src', String(reply.sourcePort)],
  ])
  return [...new Map(groups.map((words) => [words.join(' '), words])).values()]
}

export const cut = async (
  effects: Effects,
  listeners: readonly Pick<UdpRule, 'address' | 'port'>[],
  rules: readonly UdpRule[],
  members: (rule: UdpRule) => readonly Member[],
): Promise<void> => {
  if (listeners.length === 0) return
  const stale = staleFlows(await udpFlows(effects), listeners, rules, members)
  for (const words of deletions(stale))
    await effects.run(['conntrack', '--delete', '--proto', 'udp', ...words]).catch((error: unknown) => {
      // Gone by itself meanwhile.
      if (!messageOf(error).includes(' 0 flow entries')) throw error
    })
}
