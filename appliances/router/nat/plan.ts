import type { Action, Change } from '@sysvm/agent/service'
import { forwardText, natChanges } from './changes.ts'
import type { NatSpec } from './spec.ts'

/** Changes that are told one by one; of more only how many there are. */
const MOST = 20

const key = ({ network, device }: NatSpec['source'][number]): string => `${network} by ${device}`

const sourceActions = ({ before, after }: Change<NatSpec>): readonly Action[] => {
  const old = new Map((before?.source ?? []).map((entry) => [key(entry), entry.address]))
  const next = new Map((after?.source ?? []).map((entry) => [key(entry), entry.address]))
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((name) => old.get(name) !== next.get(name))
    .map((name) => ({
      verb: 'update',
      target: `source NAT of ${name}`,
      why: `the address is ${next.get(name) ?? 'no longer translated'}, was ${old.get(name) ?? 'not translated'}`,
      // Established flows keep the address they began with; those of an address that leaves end with `interfaces`.
      dropsFlows: false,
    }))
}

const actions = (what: string, texts: readonly string[], gone: boolean): readonly Action[] => {
  const why = gone ? 'the spec has it no longer' : 'it is new in the spec'
  const targets = texts.length > MOST ? [`${texts.length} of ${what}`] : texts.map((text) => `${what} ${text}`)
  return targets.map((target) => ({ verb: gone ? 'stop' : 'start', target, why, dropsFlows: gone }))
}

export const plan = (change: Change<NatSpec>): readonly Action[] => {
  const { static: fixed, forwards } = natChanges(change.before, change.after)
  const staticText = ({ address, guest }: NatSpec['static'][number]): string => `${address} to ${guest}`
  return [
    ...sourceActions(change),
    ...actions('static NAT', fixed.removed.map(staticText), true),
    ...actions('static NAT', fixed.added.map(staticText), false),
    ...actions('forwarding', forwards.removed.map(forwardText), true),
    ...actions('forwarding', forwards.added.map(forwardText), false),
  ]
}
