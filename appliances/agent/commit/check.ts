import type { AnyService, Effects } from '../service/index.ts'
import { fileChanges, type Generation, rulesetOf } from './generation.ts'
import { checkedTransaction } from './netfilter.ts'
import { inStep } from './steps.ts'

/**
 * The step `check`: the kernel tries the ruleset, each daemon its files in the staged folder, all at once. A service
 * whose files are as they are in force was checked when they came. Returns the netfilter transaction to load.
 */
export const checkGeneration = async (
  services: readonly AnyService[],
  inForce: Generation | null,
  known: boolean,
  next: Generation,
  staged: string,
  effects: Effects,
): Promise<string> => {
  const before = known ? rulesetOf(inForce) : undefined
  const transaction = inStep('check', 'netfilter', () => checkedTransaction(before, next.ruleset, effects))
  const checks = services
    .filter(({ name }) => next.rendered[name] !== undefined)
    .filter(({ name }) => !known || fileChanges(inForce, next, name).length > 0)
    .map(({ name, check }) => inStep('check', name, () => check?.((path) => `${staged}/${path}`, effects)))
  // All are waited for, so that no checker still reads the folder when it is removed.
  const results = await Promise.allSettled([transaction, ...checks])
  const refused = results.find((result) => result.status === 'rejected')
  if (refused !== undefined) throw refused.reason
  return transaction
}
