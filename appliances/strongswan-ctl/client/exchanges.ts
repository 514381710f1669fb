import { ViciError } from '../errors.ts'
import type { Packet } from '../protocol/packet.ts'

/** Something asked of charon, that it answers once. */
export interface Question {
  /** The command or event, for errors. */
  readonly name: string
  /** The packet that is sent. */
  readonly frame: Buffer
  /** Types of packets that can answer it. */
  readonly answers: readonly Packet['type'][]
  /** The event that streams its answer; events of this name are its own while it is being answered. */
  readonly streams?: {
    readonly event: string
    readonly take: (message: Uint8Array) => void
    readonly full: () => boolean
  }
}

export interface Asked {
  readonly answer: Promise<Packet>
  /** Takes it back where it was not sent yet; else its answer will be thrown away. */
  abandon(error: ViciError): void
}

interface Exchange extends Question {
  readonly resolve: (packet: Packet) => void
  readonly reject: (error: unknown) => void
  abandoned: boolean
}

/** Wipes what may have been a secret. */
const wipe = (exchange: Exchange): void => void exchange.frame.fill(0)

/**
 * The order of things on one connection. VICI numbers neither requests nor answers: the next is sent when the one before
 * is answered, also when nobody waits for that answer any more. `changed` is called when there are more or fewer.
 */
export const createExchanges = (send: (frame: Buffer) => void, changed: () => void) => {
  const waiting: Exchange[] = []
  let active: Exchange | undefined
  let dead: ViciError | undefined

  const next = (): void => {
    if (active !== undefined || dead !== undefined) return
    active = waiting.shift()
    if (active !== undefined) send(active.frame)
  }

  return {
    /** Questions behind the one that is being answered. */
    get waiting() {
      return waiting.length
    },
    /** Whether the answer that streams now has more in memory than is being taken. */
    get full() {
      return active?.streams !== undefined && !active.abandoned && active.streams.full()
    },
    ask: (question: Question): Asked => {
      const { promise, resolve, reject } = Promise.withResolvers<Packet>()
      const exchange: Exchange = { ...question, resolve, reject, abandoned: false }
      // Whoever has given up does not listen any more.
      promise.catch(() => {})
      if (dead !== undefined) {
        wipe(exchange)
        reject(dead)
      } else {
        waiting.push(exchange)
        next()
        changed()
      }
      return {
        answer: promise,
        abandon: (error) => {
          exchange.abandoned = true
          reject(error)
          const place = waiting.indexOf(exchange)
          if (place !== -1) {
            waiting.splice(place, 1)
            wipe(exchange)
          }
          changed()
        },
      }
    },
    /** An answer arrived; throws VICI_PROTOCOL where none was due, or not this. */
    answered: (packet: Packet): void => {
      const exchange = active
      if (exchange === undefined) throw new ViciError('VICI_PROTOCOL', `charon sent ${packet.type} unasked`)
      if (!exchange.answers.includes(packet.type))
        throw new ViciError('VICI_PROTOCOL', `charon answered ${exchange.name} with ${packet.type}`)
      active = undefined
      exchange.resolve(packet)
      next()
      changed()
    },
    /** Gives an event to the answer that it is part of. */
    streamed: (event: string, message: Uint8Array): void => {
      if (active?.streams?.event === event && !active.abandoned) active.streams.take(message)
    },
    /** Nothing will be answered any more. */
    end: (error: ViciError): void => {
      dead ??= error
      const left = [...(active ? [active] : []), ...waiting.splice(0)]
      active = undefined
      for (const exchange of left) {
        wipe(exchange)
        exchange.reject(error)
      }
    },
  }
}

export type Exchanges = ReturnType<typeof createExchanges>
