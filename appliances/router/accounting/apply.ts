import { type Change, type Effects, LIVE } from '@sysvm/agent/service'
import type { LiveSet } from './live.ts'
import { plan } from './plan.ts'
import type { AccountingSpec } from './spec.ts'
import { takeStock } from './store.ts'
import { membersOf, TABLE, TABLE_FILE } from './table.ts'

/** Lines of nft that make the sets hold what the spec says; those that stay keep their counts. Pure. */
export const elementLines = (spec: AccountingSpec, live: readonly LiveSet[]): readonly string[] =>
  [...membersOf(spec)].flatMap(([name, members]) => {
    const have = live.find((set) => set.name === name)?.counts ?? new Map<string, unknown>()
    const wanted = new Set(members)
    const gone = [...have.keys()].filter((address) => !wanted.has(address))
    const fresh = members.filter((address) => !have.has(address))
    return [
      ...(gone.length === 0 ? [] : [`delete element ${TABLE} ${name} { ${gone.join(', ')} }`]),
      ...(fresh.length === 0 ? [] : [`add element ${TABLE} ${name} { ${fresh.join(', ')} }`]),
    ]
  })

/** What the kernel has decides, not what the last commit was. */
export const apply = async (change: Change<AccountingSpec>, effects: Effects): Promise<void> => {
  if (change.before !== undefined && plan(change).length === 0) return
  // Nothing that was counted goes with an element or with the table.
  const { live } = await takeStock(effects)
  if (change.after === undefined) {
    if (live.length > 0) await effects.run(['nft', 'delete', 'table', ...TABLE.split(' ')])
    return
  }
  const shape = change.before === undefined || live.length === 0 || change.files.length > 0
  const text = shape ? ((await effects.readFile(`${LIVE}/${TABLE_FILE}`)) ?? '') : ''
  const lines = elementLines(change.after, live)
  const input = text + lines.map((line) => `${line}\n`).join('')
  if (input !== '') await effects.run(['nft', '-f', '-'], { input })
}
