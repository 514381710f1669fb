import { type Action, type Change, defineService } from '@sysvm/agent/service'
import { render } from './render.ts'
import { NatSpec } from './spec.ts'
import { validate } from './validate.ts'

const key = ({ network, device }: NatSpec['source'][number]): string => `${network} by ${device}`

/** Established flows keep the address they began with; those of an address that leaves the machine end with it. */
const plan = ({ before, after }: Change<NatSpec>): readonly Action[] => {
  const old = new Map((before?.source ?? []).map((entry) => [key(entry), entry.address]))
  const next = new Map((after?.source ?? []).map((entry) => [key(entry), entry.address]))
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((name) => old.get(name) !== next.get(name))
    .map((name) => ({
      verb: 'update',
      target: `source NAT of ${name}`,
      why: `the address is ${next.get(name) ?? 'no longer translated'}, was ${old.get(name) ?? 'not translated'}`,
      dropsFlows: false,
    }))
}

/** The kernel does it: the agent loads the ruleset of all services in one transaction and compares it for drift. */
export const nat = defineService({
  name: 'nat',
  schema: NatSpec,
  validate,
  render,
  plan,
  apply: async () => undefined,
  health: async () => undefined,
})
