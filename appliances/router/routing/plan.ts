import type { Action, Change } from '@sysvm/agent/service'
import { UNIT } from './apply.ts'
import type { BgpSpec, RoutingSpec } from './spec.ts'

/** Passwords are compared, never shown. */
const peersOf = (bgp: BgpSpec | undefined): ReadonlyMap<string, string> =>
  new Map((bgp?.peers ?? []).map((peer) => [peer.address, JSON.stringify(peer)]))

const listPlan = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  what: (name: string) => string,
): readonly Action[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => ({
      verb: 'update',
      target: what(name),
      why: before.has(name)
        ? after.has(name)
          ? 'it differs'
          : 'it is no longer in the spec'
        : 'it is new in the spec',
      dropsFlows: before.has(name),
    }))

const routesOf = (spec: RoutingSpec | undefined): ReadonlyMap<string, string> =>
  new Map((spec?.static ?? []).map(({ network, via, shared }) => [network, shared ? `${via}, shared` : via]))

const bgpPlan = (before: BgpSpec | undefined, after: BgpSpec | undefined): readonly Action[] => {
  if (before === undefined && after === undefined) return []
  const unit = (verb: Action['verb'], why: string, dropsFlows: boolean): readonly Action[] => [
    { verb, target: UNIT, why, dropsFlows },
  ]
  if (after === undefined) return unit('stop', 'BGP is no longer in the spec', true)
  if (before === undefined) return unit('start', 'BGP is new in the spec', false)
  if (before.asn !== after.asn) return unit('restart', `the router becomes AS ${after.asn}, was ${before.asn}`, true)
  const advertised = (spec: BgpSpec): ReadonlyMap<string, string> => new Map(spec.advertise.map((net) => [net, net]))
  return [
    ...(before.routerId === after.routerId
      ? []
      : [
          {
            verb: 'update',
            target: 'BGP sessions',
            why: 'the router has another identifier',
            dropsFlows: true,
          } as const,
        ]),
    ...listPlan(peersOf(before), peersOf(after), (address) => `BGP peer ${address}`),
    ...listPlan(advertised(before), advertised(after), (network) => `advertised network ${network}`),
  ]
}

export const plan = ({ before, after }: Change<RoutingSpec>): readonly Action[] => [
  ...listPlan(routesOf(before), routesOf(after), (network) => `route to ${network}`),
  ...bgpPlan(before?.bgp, after?.bgp),
]
