import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { explain } from './explain.ts'
import { plan } from './plan.ts'
import { render } from './render.ts'
import { AclSpec } from './spec.ts'
import { validate } from './validate.ts'

/** Lists in the firewall's table; the kernel does the rest. The firewall counts what they drop. */
export const acl = defineService({
  name: 'acl',
  schema: AclSpec,
  validate,
  render,
  plan,
  apply,
  health: async () => undefined,
  explain,
})
