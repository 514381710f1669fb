import { defineService } from '@sysvm/agent/service'
import { apply } from './apply.ts'
import { drift, health } from './health.ts'
import { plan } from './plan.ts'
import { AccountingSpec } from './spec.ts'
import { metrics, state } from './state.ts'
import { takeStock } from './store.ts'
import { TABLE_FILE, tableText } from './table.ts'
import { validate } from './validate.ts'

export const accounting = defineService({
  name: 'accounting',
  schema: AccountingSpec,
  validate,
  render: (spec, whole) => ({ files: [{ path: TABLE_FILE, text: tableText(spec, whole) }] }),
  check: async (path, { run }) => void (await run(['nft', '-c', '-f', path(TABLE_FILE)])),
  plan,
  apply,
  health,
  drift,
  state,
  metrics,
  tick: async (_spec, effects) => void (await takeStock(effects)),
})
