import { type Action, type Change, defineService } from '@sysvm/agent/service'
import { render } from './render.ts'
import { FirewallSpec } from './spec.ts'
import { state } from './state.ts'

const plan = ({ before, after }: Change<FirewallSpec>): readonly Action[] =>
  before?.egress === after?.egress
    ? []
    : [
        {
          verb: 'update',
          target: 'firewall baseline',
          why: `egress is ${after?.egress ?? 'no longer filtered'}, was ${before?.egress ?? 'not filtered'}`,
          // Established connections go on: they were allowed when they began.
          dropsFlows: false,
        },
      ]

/** The kernel does it: the agent loads the ruleset of all services in one transaction and compares it for drift. */
export const firewall = defineService({
  name: 'firewall',
  schema: FirewallSpec,
  render,
  plan,
  apply: async () => undefined,
  health: async () => undefined,
  state,
})
