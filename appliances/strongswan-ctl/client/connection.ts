import type { Duplex } from 'node:stream'
import { ViciError } from '../errors.ts'
import { decodeMessage, type ReadValue } from '../protocol/decode.ts'
import { encodeMessage } from '../protocol/encode.ts'
import { createFrameReader, encodeFrame } from '../protocol/frame.ts'
import type { Message, MessageInput } from '../protocol/message.ts'
import { decodePacket, encodePacket, type Packet } from '../protocol/packet.ts'
import { createExchanges } from './exchanges.ts'
import { type CallOptions, limited, limitsOf } from './limit.ts'
import { createRegistrations } from './registrations.ts'
import { streamOf } from './stream.ts'
import { createFeed, type Feed, type SubscribeOptions, type Subscription } from './subscription.ts'

/** The parts of a streamed answer, then the answer. */
export type Streamed<T> = AsyncGenerator<Message<T>, Message, undefined>

/** An event as charon sent it. */
export interface RawEvent {
  readonly event: string
  readonly message: Message
}

/**
 * One connection to charon. What is asked on it is answered in order, one after the other: give a tunnel that may take
 * its time to come up a connection of its own.
 */
export interface Connection extends AsyncDisposable {
  /** A command and its answer, whatever it says: `success = no` is an answer. */
  request(command: string, message?: MessageInput, options?: CallOptions): Promise<Message>
  /**
   * A command whose answer streams as events of this name; what it answers in the end is what the generator returns.
   * `timeoutMs` is what each of them may take, not counting what the loop takes.
   */
  stream(command: string, event: string, message?: MessageInput, options?: CallOptions): Streamed<string>
  /** The same, values as `read` reads them. */
  streamAs<T>(
    command: string,
    event: string,
    read: ReadValue<T>,
    message?: MessageInput,
    options?: CallOptions,
  ): Streamed<T>
  /** Events of these names, until the loop is left. Resolves when charon has confirmed all of them. */
  events(names: readonly string[], options?: SubscribeOptions): Promise<Subscription<RawEvent>>
  /** Milliseconds that a call may take which says nothing else. */
  readonly timeoutMs: number
  /** Ends it: what is still asked rejects with VICI_CLOSED, subscriptions end without an error. */
  close(): void
  /** Why it ended; it never rejects. VICI_CLOSED after `close`. */
  readonly closed: Promise<ViciError>
}

/** Speaks VICI over a stream of bytes that is open already. `timeoutMs` is the limit of every call that names none. */
export const createConnection = (
  socket: Duplex,
  { timeoutMs = 10_000 }: { readonly timeoutMs?: number } = {},
): Connection => {
  const reader = createFrameReader()
  const feeds = new Map<string, Set<Feed<RawEvent>>>()
  const { promise: closed, resolve: tellClosed } = Promise.withResolvers<ViciError>()
  const exchanges = createExchanges(
    // Wiped once the kernel has it: it may hold a secret.
    (frame) => void socket.write(frame, () => frame.fill(0)),
    () => regulate(),
  )
  const registrations = createRegistrations(exchanges)

  const allFeeds = (): Set<Feed<RawEvent>> => new Set([...feeds.values()].flatMap((set) => [...set]))

  /** Charon is held up while a loop lags behind, unless somebody else waits for what this connection brings. */
  const regulate = (): void => {
    const hold = exchanges.full && exchanges.waiting === 0 && ![...allFeeds()].some(({ wanted }) => wanted)
    if (hold && !socket.isPaused()) socket.pause()
    if (!hold && socket.isPaused()) socket.resume()
  }
  const die = (error: ViciError): void => {
    exchanges.end(error)
    for (const feed of allFeeds()) {
      if (error.code === 'VICI_CLOSED') feed.subscription.close()
      else feed.fail(error)
    }
    socket.destroy()
    tellClosed(error)
  }
  const broken = (cause?: unknown): void => {
    const where = reader.waiting > 0 ? ' in the middle of a packet' : ''
    die(new ViciError('VICI_LOST', `charon ended the connection${where}`, cause === undefined ? {} : { cause }))
  }

  const onEvent = (event: string, bytes: Uint8Array): void => {
    exchanges.streamed(event, bytes)
    const interested = feeds.get(event)
    if (interested === undefined) return
    try {
      const message = decodeMessage(bytes)
      for (const feed of [...interested]) feed.push({ event, message })
    } catch (error) {
      // The packets around it are whole: only who wanted this one is told.
      for (const feed of [...interested]) feed.fail(error)
    }
  }
  const onPacket = (packet: Packet): void => {
    if (packet.type === 'event') onEvent(packet.name, packet.message)
    else exchanges.answered(packet)
  }
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const bytes of reader.push(chunk)) onPacket(decodePacket(bytes))
    } catch (error) {
      die(error as ViciError)
    }
  })
  socket.on('error', broken)
  socket.on('end', () => broken())
  socket.on('close', () => broken())

  const close = (): void => die(new ViciError('VICI_CLOSED', 'the connection was closed'))

  const frameOf = (name: string, message: MessageInput): Buffer => {
    const bytes = encodeMessage(message)
    try {
      const packet = encodePacket({ type: 'cmd-request', name, message: bytes })
      try {
        return encodeFrame(packet)
      } finally {
        packet.fill(0)
      }
    } finally {
      bytes.fill(0)
    }
  }
  const answerOf = (command: string, packet: Packet): Message => {
    if (packet.type === 'cmd-response') return decodeMessage(packet.message)
    throw new ViciError('VICI_UNKNOWN', `charon knows no command ${command}`, { command })
  }

  const request: Connection['request'] = async (command, message = {}, options = {}) => {
    const limits = limitsOf(options, timeoutMs)
    if (limits.signal?.aborted) throw givenUp(command, limits.signal)
    const frame = frameOf(command, message)
    const asked = exchanges.ask({ name: command, frame, answers: ['cmd-response', 'cmd-unknown'] })
    const packet = await limited(command, asked.answer, limits, () => asked.abandon(givenUp(command, limits.signal)))
    return answerOf(command, packet)
  }

  const streamAs: Connection['streamAs'] = (command, event, read, message = {}, options = {}) =>
    streamOf({
      command,
      event,
      frame: () => frameOf(command, message),
      limits: limitsOf(options, timeoutMs),
      registrations,
      ask: exchanges.ask,
      changed: regulate,
      part: (bytes) => decodeMessage(bytes, read),
      answer: (packet) => answerOf(command, packet),
    })

  const events: Connection['events'] = async (names, options = {}) => {
    const what = names.join(', ')
    if (options.signal?.aborted) throw givenUp(what, options.signal)
    const registered = names.map((name) => registrations.add(name))
    const feed = createFeed<RawEvent>(what, options, {
      asked: regulate,
      ended: () => {
        for (const name of names) feeds.get(name)?.delete(feed)
        for (const registration of registered) registration.remove()
      },
    })
    for (const name of names) feeds.set(name, (feeds.get(name) ?? new Set()).add(feed))
    try {
      await limited(what, Promise.all(registered.map(({ ready }) => ready)), limitsOf(options, timeoutMs))
    } catch (error) {
      feed.subscription.close()
      throw error
    }
    return feed.subscription
  }

  return {
    request,
    stream: (command, event, message, options) =>
      streamAs(command, event, (value) => value.toString('utf8'), message, options),
    streamAs,
    events,
    timeoutMs,
    closed,
    close,
    [Symbol.asyncDispose]: async () => close(),
  }
}

const givenUp = (command: string, signal?: AbortSignal): ViciError =>
  new ViciError('VICI_ABORTED', `${command} was given up`, { command, cause: signal?.reason })
