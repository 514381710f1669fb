import { defineService } from '@sysvm/agent/service'
import { apply, tick } from './apply.ts'
import { explain } from './explain.ts'
import { plan } from './plan.ts'
import { rulesetOf } from './ruleset.ts'
import { WireGuardSpec } from './spec.ts'
import { drift, health, metrics, state } from './state.ts'
import { validate } from './validate.ts'

export const wireguard = defineService({
  name: 'wireguard',
  schema: WireGuardSpec,
  validate,
  // Keys are in no file: WireGuard is told them.
  render: (spec, whole) => ({ files: [], ruleset: rulesetOf(spec, whole) }),
  plan,
  apply,
  health,
  drift,
  explain,
  state,
  metrics,
  tick,
})
