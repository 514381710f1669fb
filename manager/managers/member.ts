import { setTimeout as sleep } from 'node:timers/promises'
import { isSysvmError, SysvmError } from '@sysvm/errors'
import type { Kysely } from 'kysely'
import { type Database, openDatabase } from '../model/database.ts'
import {
  announce,
  type Beat,
  beat,
  bury,
  cutGhosts,
  enter,
  goneOf,
  leave,
  raiseAbove,
  renewalsOf,
  type Self,
  TERM_MS,
} from './lease.ts'
import { MOST_AT_ONCE, type Shared, takeShare } from './share.ts'
import { watchSilence } from './silence.ts'

const BEAT_MS = 1000
/** Hosts come and go without a word: so often they are shared out anew though nobody came or went. */
const SHARE_MS = 5000
/** PostgreSQL is asked again, rather than waited for, after this time. */
const ANSWER_MS = 4000
/** Longest time in which hosts are taken without a renewal; the last statement may take an answer's time more. */
const TAKING_MS = 1000

export interface MemberLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** One run of a manager among those that share its database. */
export interface Member {
  readonly id: string
  /** Epoch of its lease, renewed first when it ran out. Rejects with SYSVM_FENCED when others may have taken over. */
  assure(): Promise<number>
  /** Epoch of its lease, renewed in any case; not below `above`, which somebody has seen, while this manager is up. */
  renew(above?: number): Promise<number>
  /** The epoch that it knows, its lease good or not. */
  epoch(): number
  /** Whether there are others. */
  alone(): boolean
  /** Whether it does what only one may do. */
  leads(): boolean
  /** Resolves when others declared it dead: it must end, and may change nothing more. */
  readonly lost: Promise<Error>
  /** Tells where its API answers. */
  announce(address: string): Promise<void>
  /** Gives its hosts back and leaves. */
  leave(): Promise<void>
}

export interface MemberOptions {
  readonly url: string
  readonly self: Self
  readonly log: MemberLog
  /** Told when hosts came to this manager, or others were declared dead: there is work that nobody has begun. */
  readonly onTakeover: () => void
}

const gone = (id: string): SysvmError =>
  new SysvmError('SYSVM_FENCED', `Others took over from the manager ${id}: it may change nothing more.`, {
    details: { manager: id },
  })

/** Enters the managers of a database and renews the lease until it leaves. Hosts are its own when this resolves. */
export const join = async ({ url, self, log, onTakeover }: MemberOptions): Promise<Member> => {
  // A connection of its own: no crowd of queries may cost the lease.
  const db: Kysely<Database> = openDatabase(url, { connections: 2, manager: self.id, answerMs: ANSWER_MS })
  const { promise: lost, resolve: lose } = Promise.withResolvers<Error>()
  const ending = new AbortController()
  let lease = { epoch: await enter(db, self), until: performance.now() + TERM_MS }
  let last: Beat | undefined
  const silence = watchSilence(TERM_MS, 2 * BEAT_MS)
  let shareFrom = 0
  let dead: SysvmError | undefined
  let renewing: Promise<number> | undefined

  const renewNow = async (): Promise<number> => {
    if (dead) throw dead
    // From before the question: the answer may be late.
    const asked = performance.now()
    const found = await beat(db, self.id).catch((error: unknown) => {
      if (isSysvmError(error, 'SYSVM_FENCED')) return undefined
      throw error
    })
    if (found === undefined) {
      dead = gone(self.id)
      lose(dead)
      throw dead
    }
    // From after the answer: a lease that was renewed before has less than its term left.
    silence.observe(performance.now(), renewalsOf(found))
    if (found.up !== last?.up || found.free) shareFrom = 0
    last = found
    lease = { epoch: found.epoch, until: asked + TERM_MS }
    return found.epoch
  }
  const renewOnce = (): Promise<number> => {
    renewing ??= renewNow().finally(() => {
      renewing = undefined
    })
    return renewing
  }
  const renew = async (above = 0): Promise<number> => {
    const epoch = await renewOnce()
    if (epoch >= above || !(await raiseAbove(db, self.id, above))) return epoch
    return renewNow()
  }
  const assure = async (): Promise<number> => {
    if (dead) throw dead
    if (performance.now() < lease.until) return lease.epoch
    try {
      return await renew()
    } catch (cause) {
      throw (
        dead ??
        new SysvmError('SYSVM_FENCED', 'The lease of this manager ran out, and could not be renewed.', { cause })
      )
    }
  }

  /** As many as there is time for before the lease is to be renewed; the others follow in the next round. */
  const takeAll = async (): Promise<Shared> => {
    const until = performance.now() + TAKING_MS
    let [claimed, returned] = [0, 0]
    for (;;) {
      const some = await takeShare(db, self.id, lease.epoch)
      claimed += some.claimed
      returned += some.returned
      const more = some.claimed >= MOST_AT_ONCE || some.returned >= MOST_AT_ONCE
      if (!more || performance.now() > until) return { claimed, returned }
    }
  }

  const lookAround = async (): Promise<void> => {
    const silent = last === undefined ? {} : goneOf(last, silence.late)
    if (Object.keys(silent).length > 0) {
      const buried = await bury(db, silent)
      for (const id of buried) log.warn({ manager: id }, 'a manager is silent: its hosts are taken over')
      if (buried.length > 0) {
        await cutGhosts(db)
        await renew()
        onTakeover()
      }
    }
    // Sessions may have been opened since.
    if (last?.ghosts) await cutGhosts(db)
    if (performance.now() < shareFrom) return
    const { claimed, returned } = await takeAll()
    shareFrom = performance.now() + (claimed + returned > 0 ? 0 : SHARE_MS)
    if (claimed + returned === 0) return
    log.info({ claimed, returned }, 'hosts changed hands')
    if (claimed > 0) onTakeover()
  }
  const round = async (): Promise<void> => {
    await renew()
    await lookAround()
  }
  const beatForever = async (): Promise<void> => {
    while (!ending.signal.aborted && dead === undefined) {
      await sleep(BEAT_MS, undefined, { signal: ending.signal, ref: false }).catch(() => {})
      if (ending.signal.aborted) return
      await round().catch((err: unknown) => {
        if (!ending.signal.aborted) log.warn({ err }, 'the lease could not be renewed; trying again')
      })
    }
  }
  await round()
  const beating = beatForever()

  return {
    id: self.id,
    assure,
    renew,
    epoch: () => lease.epoch,
    alone: () => (last?.up ?? 1) === 1,
    leads: () => last?.leads === true && dead === undefined,
    lost,
    announce: (address) => announce(db, self, address),
    leave: async () => {
      ending.abort()
      await beating
      const wasDead = dead !== undefined
      // What is still under way changes nothing more: others may begin with it.
      dead ??= gone(self.id)
      try {
        if (!wasDead) await leave(db, self.id)
      } finally {
        await db.destroy()
      }
    },
  }
}
