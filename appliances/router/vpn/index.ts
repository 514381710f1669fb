import { defineService } from '@sysvm/agent/service'
import { apply, tick } from './apply.ts'
import { explain } from './explain.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { VpnSpec } from './spec.ts'
import { drift, health, metrics, state, watch } from './state.ts'
import { validate } from './validate.ts'

export const vpn = defineService({
  name: 'vpn',
  schema: VpnSpec,
  validate,
  render,
  plan,
  apply,
  health,
  watch,
  drift,
  explain,
  state,
  metrics,
  tick,
})
