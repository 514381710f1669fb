import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentEvent, HEARTBEAT } from '@sysvm/agent/api'
import { isSysvmError, messageOf } from '@sysvm/errors'
import { driverOf } from '../hosts.ts'
import { connectRouter, type RouterAddress } from '../router/control.ts'
import type { ControlClient, World } from '../world.ts'
import type { Consumer } from './consumer.ts'
import type { Turns } from './turns.ts'

export interface Followed extends RouterAddress {
  readonly host: string
  /** Of its network or VPC, as it holds it. */
  readonly revision: number
}

export interface Follower {
  /** What is known of the router now, and who wants to hear of it. */
  update(router: Followed, consumers: ReadonlySet<Consumer>): void
  stop(): Promise<void>
}

/** Events that wait for consumers; as many as an agent keeps. */
const MOST_WAITING = 256

/** Milliseconds before another try, twice as long each time, spread so that many do not come back in step. Pure but for chance. */
const againIn = (failures: number, [least, most]: readonly [number, number]): number =>
  Math.min(most, least * 2 ** Math.min(failures, 16)) * (0.5 + Math.random() / 2)

/** Keeps one stream of events to a router, and tells those who want to hear of it. */
export const follow = (world: World, turns: Turns, first: Followed, wanting: ReadonlySet<Consumer>): Follower => {
  const { silentMs, readMs, againMs } = world.settings.follow
  const { id } = first
  const ending = new AbortController()
  let [router, consumers] = [first, wanting]
  let session: { readonly client: ControlClient; readonly cut: AbortController } | undefined
  let read = { at: 0, revision: -1, consumers: new Set() as ReadonlySet<Consumer> }
  let heardAt = performance.now()
  let silenceTold = false
  /** The last event that was dealt with. */
  let after: number | undefined
  let working: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = working.then(work, work)
    working = next.catch(() => undefined)
    return next
  }
  const readAll = async (client: ControlClient): Promise<void> => {
    // What comes while it is read is read anew.
    const now = { at: performance.now(), revision: router.revision, consumers }
    for (const consumer of now.consumers)
      try {
        await consumer.read(world, id, client)
      } catch (error) {
        // What the agent refuses it will refuse again.
        if (!isSysvmError(error) || error.details.status === undefined) throw error
        world.log.debug({ router: id, err: error }, 'a router does not tell of itself')
      }
    read = now
    silenceTold = false
  }
  const tell = async (event: AgentEvent): Promise<void> => {
    for (const consumer of consumers) if (consumer.types.has(event.type)) await consumer.heard(world, id, event)
    after = event.id
  }
  const tellSilence = async (reason: string): Promise<void> => {
    if (silenceTold || performance.now() - heardAt < silentMs) return
    for (const consumer of consumers) await consumer.silent(world, id, reason)
    silenceTold = true
  }

  /** Until it is cut; whether all was read once. What a consumer waits for holds up no heartbeat. */
  const listen = async (client: ControlClient, cut: AbortController): Promise<boolean> => {
    const words = `nothing was heard of it for ${silentMs} ms`
    const watchdog = setTimeout(() => cut.abort(new Error(words)), silentMs)
    const signal = AbortSignal.any([ending.signal, cut.signal])
    let [begun, wasRead, over, waiting] = [false, false, false, 0]
    const later = (work: () => Promise<void>): void => {
      if (++waiting > MOST_WAITING) cut.abort(new Error(`${waiting} of its events wait`))
      inTurn(work)
        .catch((error: unknown) => cut.abort(error))
        .finally(() => waiting--)
    }
    try {
      for await (const event of client.events({ after, signal })) {
        heardAt = performance.now()
        watchdog.refresh()
        if (event.type !== HEARTBEAT) later(() => tell(event))
        else if (!begun) {
          // All that was missed has come.
          begun = true
          later(async () => {
            await readAll(client)
            wasRead = true
            if (!over) session = { client, cut }
          })
        }
      }
    } catch (error) {
      world.log.debug({ router: id, err: cut.signal.reason ?? error }, 'the events of a router are cut off')
      if (!wasRead) throw cut.signal.reason ?? error
    } finally {
      over = true
      clearTimeout(watchdog)
    }
    return wasRead
  }
  const connectAndListen = async (ill: boolean): Promise<boolean> => {
    const { host } = router
    const connecting = turns(host, ill, async () => {
      ending.signal.throwIfAborted()
      return connectRouter(world, await driverOf(world, host), router)
    })
    const close = (): void => {
      session = undefined
      connecting.then((client) => client.close()).catch(() => {})
    }
    // Nobody waits at the end of the manager for a router that does not answer.
    const { promise: ended, reject } = Promise.withResolvers<never>()
    const stop = (): void => {
      close()
      reject(ending.signal.reason)
    }
    ending.signal.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([connecting.then((client) => listen(client, new AbortController())), ended])
    } finally {
      ending.signal.removeEventListener('abort', stop)
      close()
    }
  }
  const run = async (): Promise<void> => {
    for (let failures = 0; !ending.signal.aborted; ) {
      try {
        failures = (await connectAndListen(failures > 0)) ? 0 : failures + 1
      } catch (error) {
        failures++
        if (ending.signal.aborted) break
        await inTurn(() => tellSilence(messageOf(error))).catch((err: unknown) =>
          world.log.warn({ router: id, err }, 'that nothing is heard of a router could not be written down'),
        )
      }
      // One that was heard a moment ago is tried at once.
      const pause = failures === 0 ? Math.random() * againMs[0] : againIn(failures - 1, againMs)
      await sleep(pause, undefined, { signal: ending.signal }).catch(() => {})
    }
  }
  const running = run()

  return {
    update: (now, wanted) => {
      ;[router, consumers] = [now, wanted]
      if (session === undefined) return
      const known = read.revision >= now.revision && [...wanted].every((consumer) => read.consumers.has(consumer))
      if (known && performance.now() - read.at < readMs) return
      const { client, cut } = session
      // Once, however often it is looked meanwhile.
      read = { at: performance.now(), revision: now.revision, consumers: wanted }
      inTurn(() => readAll(client)).catch((error: unknown) => cut.abort(error))
    },
    stop: async () => {
      ending.abort(new Error('the manager follows it no more'))
      await running
    },
  }
}
