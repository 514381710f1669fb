import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { check } from './check.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { RoutingSpec } from './spec.ts'
import { drift, health, state, watch } from './state.ts'
import { validate } from './validate.ts'

export const routing = defineService({
  name: 'routing',
  schema: RoutingSpec,
  validate,
  render,
  check,
  plan,
  apply,
  health,
  watch,
  drift,
  state,
})
