import { defineService } from '@sysvm/agent/service'
import { exercise } from './exercise.ts'
import { explain } from './explain.ts'
import { apply } from './flows.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { NatSpec } from './spec.ts'
import { state } from './state.ts'
import { validate } from './validate.ts'

/** The kernel does it: the agent loads the ruleset of all services in one transaction and compares it for drift. */
export const nat = defineService({
  name: 'nat',
  schema: NatSpec,
  validate,
  render,
  plan,
  apply,
  health: async () => undefined,
  exercise,
  explain,
  state,
})
