import type { Effects } from '@sysvm/agent/service'
import { type LiveSet, readLive } from './live.ts'
import { addUp, noTotals, type Totals } from './totals.ts'

export const TOTALS_FILE = '/var/lib/sysvm/accounting/totals.json'

/** Written beside and renamed: a power cut leaves the old sums or the new ones. */
const SAVE = 'mkdir -p "$(dirname "$1")" && cat > "$1.new" && sync "$1.new" && mv "$1.new" "$1"'

const readTotals = async ({ readFile }: Effects): Promise<Totals> => {
  // Absent on the first boot; one that cannot be read is begun anew, since counting must go on.
  const text = await readFile(TOTALS_FILE).catch(() => undefined)
  try {
    return text === undefined || text === '' ? noTotals : (JSON.parse(text) as Totals)
  } catch {
    return noTotals
  }
}

let turn: Promise<unknown> = Promise.resolve()

export interface Stock {
  readonly totals: Totals
  readonly live: readonly LiveSet[]
}

/** Adds the kernel's counters to the sums on disk; one caller at a time. */
export const takeStock = (effects: Effects): Promise<Stock> => {
  const next = turn.then(async () => {
    const [totals, boot, live] = await Promise.all([
      readTotals(effects),
      effects.readFile('/proc/sys/kernel/random/boot_id').then((text) => text?.trim() ?? ''),
      readLive(effects),
    ])
    const sum = addUp(totals, boot, live)
    const text = JSON.stringify(sum)
    if (text !== JSON.stringify(totals)) await effects.run(['sh', '-c', SAVE, 'save', TOTALS_FILE], { input: text })
    return { totals: sum, live }
  })
  turn = next.catch(() => undefined)
  return next
}
