import { defineService } from '@sysvm/agent/service'
import { apply, tick } from './apply.ts'
import { check } from './check.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { RedundancySpec } from './spec.ts'
import { drift, health, metrics, state, watch } from './state.ts'
import { validate } from './validate.ts'

export const redundancy = defineService({
  name: 'redundancy',
  schema: RedundancySpec,
  validate,
  render,
  check,
  plan,
  apply,
  health,
  watch,
  drift,
  state,
  metrics,
  tick,
})
