import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { explain } from './explain.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { FirewallSpec } from './spec.ts'
import { state } from './state.ts'
import { validate } from './validate.ts'

/** The kernel does it: the agent loads the ruleset of all services in one transaction and compares it for drift. */
export const firewall = defineService({
  name: 'firewall',
  schema: FirewallSpec,
  validate,
  render,
  plan,
  apply,
  health: async () => undefined,
  explain,
  state,
})
