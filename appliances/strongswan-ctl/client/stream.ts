import { ViciError } from '../errors.ts'
import type { Packet } from '../protocol/packet.ts'
import { createBuffer } from './buffer.ts'
import type { Asked, Question } from './exchanges.ts'
import { type CallOptions, limited } from './limit.ts'
import type { Registrations } from './registrations.ts'

/** So many parts of an answer are kept in memory before charon is held up. */
const ENOUGH = 64

export interface StreamOptions<T, A> {
  readonly command: string
  readonly event: string
  /** The packet of the command; made once its event is registered. */
  readonly frame: () => Buffer
  readonly limits: CallOptions
  readonly registrations: Registrations
  readonly ask: (question: Question) => Asked
  /** Called whenever there is more or less in memory than before. */
  readonly changed: () => void
  readonly part: (message: Uint8Array) => T
  readonly answer: (packet: Packet) => A
}

/**
 * The parts of a streamed answer, as they are taken: the event is registered, the command sent, its events given out
 * until the answer comes, the event unregistered. Nothing is sent before the first part is asked for. A loop that is
 * left early throws the rest away.
 */
export async function* streamOf<T, A>(options: StreamOptions<T, A>): AsyncGenerator<T, A, undefined> {
  const { command, event, limits, registrations, changed } = options
  if (limits.signal?.aborted)
    throw new ViciError('VICI_ABORTED', `${command} was given up`, { command, cause: limits.signal.reason })
  const registered = registrations.add(event)
  try {
    await limited(command, registered.ready, limits)
    const parts = createBuffer<Uint8Array>()
    const asked = options.ask({
      name: command,
      frame: options.frame(),
      answers: ['cmd-response', 'cmd-unknown'],
      streams: {
        event,
        full: () => parts.size >= ENOUGH,
        take: (message) => {
          parts.push(message)
          changed()
        },
      },
    })
    asked.answer.then(parts.end, parts.fail)
    try {
      while (true) {
        const next = parts.next()
        changed()
        const { done, value } = await limited(command, next, limits)
        if (done) return options.answer(await asked.answer)
        yield options.part(value)
      }
    } finally {
      asked.abandon(new ViciError('VICI_ABORTED', `the loop over ${command} was left`, { command }))
    }
  } finally {
    registered.remove()
  }
}
