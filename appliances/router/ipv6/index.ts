import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { check } from './check.ts'
import { drift, health, state } from './health.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { Ipv6Spec } from './spec.ts'
import { validate } from './validate.ts'

export const ipv6 = defineService({
  name: 'ipv6',
  schema: Ipv6Spec,
  validate,
  render,
  check,
  plan,
  apply,
  health,
  drift,
  state,
})
