import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { health } from './health.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { NetbootSpec } from './spec.ts'
import { validate } from './validate.ts'

export const netboot = defineService({
  name: 'netboot',
  schema: NetbootSpec,
  validate,
  render,
  plan,
  apply,
  health,
})

export { serveNetboot } from './serve.ts'
