import type { openDatabase } from '@sysvm/manager/model'
import { type ListCall, listCalls } from '../../simulator/listcalls.ts'
import { percentile } from '../bench.ts'
import { type Child, timeCall } from './child.ts'

/** List calls that are timed closely, and how often each. */
const SLOW = 60
const RUNS = 15
/** Calls that are begun; and a call that takes so long is not repeated. */
const LISTS_MS = 180_000
const CLOSELY_MS = 60_000
const TOO_LONG_MS = 2000

/** Every list call once, to know the slow ones; those again and again. Per command, its slowest filter by the median. */
export const timeLists = async (manager: Child, db: ReturnType<typeof openDatabase>) => {
  const once: { readonly one: ListCall; readonly ms: number }[] = []
  const until = performance.now() + LISTS_MS
  const all = await listCalls(db)
  let asked = 0
  for (const one of all) {
    if (performance.now() > until) break
    asked++
    const cold = await timeCall(manager, one)
    const ms = cold === undefined || cold > TOO_LONG_MS ? cold : await timeCall(manager, one)
    if (ms !== undefined) once.push({ one, ms })
  }
  const end = performance.now() + CLOSELY_MS
  const slowest = new Map<string, { median: number; p99: number; params: string }>()
  for (const { one, ms } of once.toSorted((a, b) => b.ms - a.ms).slice(0, SLOW)) {
    const times = ms > TOO_LONG_MS ? [ms] : []
    while (times.length === 0 || (times.length < RUNS && ms <= TOO_LONG_MS && performance.now() < end))
      times.push((await timeCall(manager, one)) ?? 0)
    const median = percentile(times, 0.5)
    if (median > (slowest.get(one.command)?.median ?? 0))
      slowest.set(one.command, { median, p99: percentile(times, 0.99), params: JSON.stringify(one.params) })
  }
  const rows = [...slowest].sort(([, a], [, b]) => b.median - a.median)
  const times = once.map(({ ms }) => ms)
  const over = times.filter((ms) => ms > 50).length
  return { rows, asked, left: all.length - asked, over, median: percentile(times, 0.5), p99: percentile(times, 0.99) }
}
