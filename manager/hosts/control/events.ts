import { type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { type AgentEvent, EVENTS_PATH, HEARTBEAT } from '@sysvm/agent/api'
import { messageOf, SysvmError } from '@sysvm/errors'
import { z } from 'zod'

export interface EventsOptions {
  /** Id of the last event that is known; absent: only those to come. */
  readonly after?: number | undefined
  /** Ends the stream. */
  readonly signal: AbortSignal
}

/** Bytes of one event. */
const LONGEST = 256 * 1024

const Told = z.object({
  id: z.int().min(0),
  at: z.string(),
  type: z.string().max(64),
  data: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<AgentEvent>

/** The event that a block of the stream tells; a comment, which is all an older agent has, is a sign of life. Pure. */
export const eventIn = (block: string): AgentEvent | undefined => {
  if (block.startsWith(':')) return { id: 0, at: '', type: HEARTBEAT, data: {} }
  const data = /^data: (.*)$/m.exec(block)?.[1]
  if (data === undefined) return undefined
  try {
    return Told.parse(JSON.parse(data))
  } catch (cause) {
    throw nonsense('is no event', cause)
  }
}

const nonsense = (why: string, cause?: unknown): SysvmError =>
  new SysvmError('SYSVM_CONTROL_ANSWER', `The agent's answer to ${EVENTS_PATH} ${why}.`, {
    details: { path: EVENTS_PATH },
    cause,
  })

const cut = (why: string, cause?: unknown): SysvmError =>
  new SysvmError('SYSVM_HOST_UNREACHABLE', `${EVENTS_PATH} was cut off: ${why}.`, {
    details: { path: EVENTS_PATH },
    cause,
  })

const answered = (stream: Duplex, { after, signal }: EventsOptions): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const headers = { host: 'agent', 'last-event-id': String(after ?? Number.MAX_SAFE_INTEGER) }
  const sent = request({ createConnection: () => stream, path: EVENTS_PATH, headers })
  sent.on('error', reject)
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  sent.on('response', resolve)
  sent.end()
  return promise
}

/**
 * Events of an agent as they come, heartbeats among them: first those missed, then a heartbeat. It ends by rejecting:
 * SYSVM_HOST_UNREACHABLE when it is cut, SYSVM_CONTROL_ANSWER when it makes no sense.
 */
export async function* eventsOver(open: () => Promise<Duplex>, options: EventsOptions): AsyncGenerator<AgentEvent> {
  options.signal.throwIfAborted()
  const stream = await open()
  // A channel tells of its own end only when the other side agrees, so nobody may wait for that.
  const end = (): void => void stream.destroy(new Error('it was ended'))
  options.signal.addEventListener('abort', end, { once: true })
  try {
    const response = await answered(stream, options)
    if (response.statusCode !== 200) throw nonsense(`is HTTP ${response.statusCode}`)
    response.setEncoding('utf8')
    let text = ''
    for await (const chunk of response as AsyncIterable<string>) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = eventIn(text.slice(0, end))
        text = text.slice(end + 2)
        if (event !== undefined) yield event
      }
      if (text.length > LONGEST) throw nonsense(`has an event longer than ${LONGEST} bytes`)
    }
    throw cut('the agent ended it')
  } catch (error) {
    if (error instanceof SysvmError) throw error
    throw cut(messageOf(error).replace(/\.$/, ''), error)
  } finally {
    options.signal.removeEventListener('abort', end)
    stream.destroy()
  }
}
