import type { Action, Change } from '@sysvm/agent/service'
import { DEVICE } from './names.ts'
import type { WireGuardSpec } from './spec.ts'

/** Keys are compared, never shown. */
const peersOf = (spec: WireGuardSpec | undefined): ReadonlyMap<string, string> =>
  new Map(spec?.peers.map((peer) => [peer.user, JSON.stringify(peer)]))

const withoutPeers = ({ peers: _, ...rest }: WireGuardSpec): string => JSON.stringify(rest)

export const plan = ({ before, after }: Change<WireGuardSpec>): readonly Action[] => {
  const device = (verb: Action['verb'], why: string, dropsFlows: boolean): Action => ({
    verb,
    target: `WireGuard ${DEVICE}`,
    why,
    dropsFlows,
  })
  if (after === undefined) return before === undefined ? [] : [device('stop', 'it is no longer in the spec', true)]
  if (before === undefined) return [device('start', 'it is new in the spec', false)]
  const [was, is] = [peersOf(before), peersOf(after)]
  const whys = (user: string): string =>
    was.has(user) ? (is.has(user) ? 'it differs' : 'it is no longer in the spec') : 'it is new in the spec'
  return [
    ...(withoutPeers(before) === withoutPeers(after) ? [] : [device('update', 'it differs', true)]),
    ...[...new Set([...was.keys(), ...is.keys()])]
      .filter((user) => was.get(user) !== is.get(user))
      .map(
        (user): Action => ({
          verb: 'update',
          target: `WireGuard user ${user}`,
          why: whys(user),
          dropsFlows: was.has(user),
        }),
      ),
  ]
}
