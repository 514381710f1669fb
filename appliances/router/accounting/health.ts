import type { Effects } from '@sysvm/agent/service'
import { SysvmError } from '@sysvm/errors'
import { elementLines } from './apply.ts'
import { readLive } from './live.ts'
import type { AccountingSpec } from './spec.ts'

/** Every address of the spec is counted, and no other. */
export const health = async (spec: AccountingSpec, effects: Effects): Promise<void> => {
  const [first] = await drift(spec, effects)
  if (first !== undefined) throw new SysvmError('SYSVM_PROBE_FAILED', `Traffic is not counted as it should: ${first}`)
}

export const drift = async (spec: AccountingSpec, effects: Effects): Promise<readonly string[]> => {
  const live = await readLive(effects)
  return live.length === 0 ? ['the table of counters is missing'] : elementLines(spec, live)
}
