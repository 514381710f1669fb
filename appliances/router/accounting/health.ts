import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { elementLines } from './apply.ts'
import { readLive } from './live.ts'
import { FAMILIES, KINDS, setName } from './names.ts'
import type { AccountingSpec } from './spec.ts'

/** The counters are there; which of thousands of addresses they are for is what drift compares. */
export const health = async (_spec: AccountingSpec, { run }: Effects): Promise<void> => {
  const { stdout } = await run(['nft', '-j', '-t', 'list', 'table', 'inet', 'sysvm_accounting'])
  const missing = KINDS.flatMap((kind) => FAMILIES.map((family) => setName(kind, family))).find(
    (name) => !stdout.includes(`"${name}"`),
  )
  if (missing !== undefined) throw new SysvmError('SYSVM_PROBE_FAILED', `The counters ${missing} are missing.`)
}

/** Every address of the spec is counted, and no other. */
export const drift = async (spec: AccountingSpec, effects: Effects): Promise<readonly string[]> => {
  const live = await readLive(effects)
  return live.length === 0 ? ['the table of counters is missing'] : elementLines(spec, live)
}
