import type { Count, LiveSet } from './live.ts'

/** What is kept on disk: sums so far, and how far the kernel's counters had come. */
export interface Totals {
  /** Identifies the boot; the kernel's counters begin at zero with every one. */
  readonly boot: string
  /** By set. */
  readonly sets: Readonly<
    Record<string, { readonly handle: number; readonly counted: Counted; readonly total: Counted }>
  >
}

/** Packets and bytes by address. */
export type Counted = Readonly<Record<string, readonly [packets: number, bytes: number]>>

export const noTotals: Totals = { boot: '', sets: {} }

const since = (now: Count, before: readonly [number, number] | undefined): readonly [number, number] => {
  // A counter that is behind began anew: its element was removed and added again.
  const [packets, bytes] = before === undefined || before[1] > now.bytes ? [0, 0] : before
  return [now.packets - packets, now.bytes - bytes]
}

/** Adds what was counted since the last time. Sums never shrink, also of addresses that are no longer counted. Pure. */
export const addUp = (totals: Totals, boot: string, live: readonly LiveSet[]): Totals => ({
  boot,
  sets: {
    ...totals.sets,
    ...Object.fromEntries(
      live.map(({ name, handle, counts }) => {
        const last = totals.sets[name]
        const goesOn = last !== undefined && totals.boot === boot && last.handle === handle
        const total: Record<string, readonly [number, number]> = { ...last?.total }
        const counted: Record<string, readonly [number, number]> = {}
        for (const [address, now] of counts) {
          const [packets, bytes] = since(now, goesOn ? last.counted[address] : undefined)
          const [allPackets, allBytes] = total[address] ?? [0, 0]
          total[address] = [allPackets + packets, allBytes + bytes]
          counted[address] = [now.packets, now.bytes]
        }
        return [name, { handle, counted, total }]
      }),
    ),
  },
})
