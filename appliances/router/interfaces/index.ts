import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { drift, health } from './health.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { InterfacesSpec } from './spec.ts'
import { validate } from './validate.ts'

export const interfaces = defineService({
  name: 'interfaces',
  schema: InterfacesSpec,
  validate,
  render,
  plan,
  apply,
  health,
  drift,
})
