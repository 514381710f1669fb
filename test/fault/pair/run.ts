import { setTimeout as sleep } from 'node:timers/promises'
import type { Probes } from '../../bench/failover/measure.ts'
import type { Step, Victim } from './program.ts'

/** Two routers that things happen to, whoever made them. */
export interface PairGround {
  /** Resolves with what mends it. */
  strike(fault: string, victim: Victim): Promise<() => Promise<void>>
  /** Publishes the next document; resolves when both routers hold it, however long one of them is away. */
  commit(): Promise<void>
  /** Resolves when guests are served. */
  served(): Promise<void>
  /** Resolves when one serves and the other one knows all connections that are held. */
  settled(): Promise<void>
}

export interface Suffered {
  readonly step: Step
  /** Longest time without an answer to a ping, in milliseconds. */
  readonly pingMs: number
  readonly lost: number
}

/** One fault after the other under traffic; tells of each. */
export const suffer = async (
  ground: PairGround,
  probes: readonly Probes[],
  program: readonly Step[],
  tell: (line: string) => void,
): Promise<readonly Suffered[]> => {
  const suffered: Suffered[] = []
  for (const [index, step] of program.entries()) {
    const { fault, victim, heldMs, settled, commitMs } = step
    await ground.served()
    for (const probe of probes) await probe.mark()
    if (settled) await ground.settled()
    const committed = commitMs === undefined ? undefined : ground.commit()
    // It is waited for when the fault is over.
    committed?.catch(() => undefined)
    await sleep(commitMs ?? 0)
    const mend = await ground.strike(fault, victim)
    await sleep(heldMs)
    await mend()
    await committed
    await ground.served()
    const told = await Promise.all(probes.map((probe) => probe.tell()))
    const pingMs = Math.max(...told.map((one) => one.pingMs))
    const lost = told.reduce((sum, { busyLost, idleLost }) => sum + busyLost + idleLost, 0)
    suffered.push({ step, pingMs, lost })
    const how = [victim, `${heldMs} ms`, settled ? 'settled' : 'at once', ...(committed ? ['in a commit'] : [])]
    tell(`${index + 1} ${fault} (${how.join(', ')}): no ping for ${Math.round(pingMs)} ms, ${lost} connections lost`)
  }
  await ground.settled()
  return suffered
}
