import type { Action, Change } from '@sysvm/agent/service'
import type { AccountingSpec } from './spec.ts'

const counted = (spec: AccountingSpec | undefined): number => (spec?.addresses.length ?? 0) + (spec?.guests.length ?? 0)

const same = (a: readonly string[], b: readonly string[]): boolean => a.toSorted().join() === b.toSorted().join()

export const plan = ({ before, after, files }: Change<AccountingSpec>): readonly Action[] => {
  const action = (why: string): readonly Action[] => [
    { verb: 'update', target: 'traffic counters', why, dropsFlows: false },
  ]
  if (after === undefined) return before === undefined ? [] : action('traffic is no longer counted')
  const still =
    before !== undefined &&
    files.length === 0 &&
    same(before.addresses, after.addresses) &&
    same(before.guests, after.guests)
  return still ? [] : action(`${counted(after)} addresses are counted, ${counted(before)} were`)
}
