import { compile, diff, type Ruleset } from 'node-iptables'
import type { Effects } from '../service/index.ts'

/**
 * Replaces sysvm's tables wholly, in one transaction, whatever they hold now. Tables that only `before` has are
 * removed; others are not ours and stay. Declaring a table before deleting it makes its absence no error.
 */
export const wholeTransaction = (before: Ruleset, after: Ruleset): string => {
  const kept = new Set(after.tables.map(({ family, name }) => `${family} ${name}`))
  const stale = before.tables.map(({ family, name }) => `${family} ${name}`).filter((table) => !kept.has(table))
  const removal = stale.map((table) => `table ${table} {}\ndelete table ${table}\n`).join('')
  return removal + (after.tables.length === 0 ? '' : compile(after))
}

const nft = async (argv: readonly string[], transaction: string, { run }: Effects): Promise<void> => {
  if (transaction !== '') await run(['nft', ...argv, '-f', '-'], { input: transaction })
}

/**
 * The transaction that leads from `before` to `after`, tried by the kernel without effect (`nft -c`). The smallest one
 * if the kernel agrees that it is in `before`, else the whole one. Rejects when the kernel refuses both.
 */
export const checkedTransaction = async (
  before: Ruleset | undefined,
  after: Ruleset,
  effects: Effects,
): Promise<string> => {
  if (before !== undefined) {
    const smallest = diff(before, after)
    const accepted = await nft(['-c'], smallest, effects).then(
      () => true,
      () => false,
    )
    if (accepted) return smallest
  }
  const whole = wholeTransaction(before ?? { tables: [] }, after)
  await nft(['-c'], whole, effects)
  return whole
}

export const loadTransaction = (transaction: string, effects: Effects): Promise<void> => nft([], transaction, effects)
