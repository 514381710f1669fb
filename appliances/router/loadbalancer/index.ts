import { defineService } from '@sysvm/agent/service'
import { apply, tick } from './apply.ts'
import { check } from './check.ts'
import { exercise } from './exercise.ts'
import { explain } from './explain.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { LoadBalancerSpec } from './spec.ts'
import { drift, health, metrics, state } from './state.ts'
import { validate } from './validate.ts'

export const loadbalancer = defineService({
  name: 'loadbalancer',
  schema: LoadBalancerSpec,
  validate,
  render,
  check,
  plan,
  apply,
  health,
  exercise,
  drift,
  explain,
  state,
  metrics,
  tick,
})
