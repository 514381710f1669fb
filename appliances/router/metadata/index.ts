import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { health } from './health.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { MetadataSpec } from './spec.ts'
import { state } from './state.ts'
import { validate } from './validate.ts'

export const metadata = defineService({
  name: 'metadata',
  schema: MetadataSpec,
  validate,
  render,
  plan,
  apply,
  health,
  state,
})

export { serveMetadata } from './serve.ts'
