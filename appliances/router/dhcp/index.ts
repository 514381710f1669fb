import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { check } from './check.ts'
import { exercise } from './exercise.ts'
import { drift, health, state } from './health.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { DhcpSpec } from './spec.ts'
import { validate } from './validate.ts'

export const dhcp = defineService({
  name: 'dhcp',
  schema: DhcpSpec,
  validate,
  render,
  check,
  plan,
  apply,
  health,
  exercise,
  drift,
  state,
})
